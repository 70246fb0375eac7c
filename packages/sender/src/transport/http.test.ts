import { expect, test } from "vitest";
import { checkClient } from "./http.ts";

test("a runtime that puts something else in the place of undici is told at createSender, not by lost requests", () => {
  class StandIn {
    request() {}
  }
  expect(() => checkClient(StandIn)).toThrow(
    expect.objectContaining({ name: "ConfigurationError", option: "transport", code: "client_replaced" }),
  );
});
