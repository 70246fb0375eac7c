import { expect, it } from "vitest";
import { show } from "./show.ts";

it("sends by each system's own configuration text, and is received in a framework", async () => {
  expect(await show()).toEqual([
    { system: "tailscale", what: "nodeCreated", status: 204, received: "nodeCreated" },
    { system: "stalwart", what: "auth.success", status: 204, received: "auth.success" },
    { system: "aperture", what: "pre_request", status: 200, received: "block" },
    { system: "tappass", what: "policy_block", status: 204, received: "policy_block" },
    { system: "apono", what: "RequestCreated", status: 200, received: "RequestCreated" },
  ]);
});
