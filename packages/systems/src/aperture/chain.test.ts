import { type StubAnswer, stage } from "@countersign/sender/testing";
import { expect, test } from "vitest";
import { fromAperture } from "./aperture.ts";

const data = {
  metadata: { login_name: "alice@example.com", model: "gpt-5.5", provider: "openai", request_id: "abc123" },
  request_body: { secret: "prompt" },
};

const all = {
  send_hooks: ["first", "second"].map((name) => ({
    name,
    events: ["pre_request" as const],
    send: ["request_body" as const],
  })),
};
const ask = async (answers: StubAnswer[], own: object = {}, capability: object = all) => {
  const hooks = {
    second: { url: "https://second.example.com/" },
    first: { url: "https://first.example.com/", preference: 10, ...own },
  };
  const { endpoints, preRequest } = fromAperture({
    hooks,
    grants: [{ src: ["*"], app: { "tailscale.com/cap/aperture": [capability as never] } }],
  });
  const { sender, requests } = stage(endpoints, (_request, index) => answers[index] as StubAnswer);
  const decision = await preRequest(sender, data);
  return {
    decision,
    asked: requests.map((request) => request.url.host),
    bodies: requests.map((request) => JSON.parse(request.text)),
  };
};
const say = (answer: object) => ({ status: 200, body: JSON.stringify(answer) });

test("allow asks all, in descending preference", async () => {
  const { decision, asked } = await ask([say({ action: "allow" }), say({ action: "allow" })]);
  expect(decision).toEqual({ action: "allow", failed: [] });
  expect(asked).toEqual(["first.example.com", "second.example.com"]);
});

test("block ends the chain, with 403 when it names none", async () => {
  const { decision, asked } = await ask([say({ action: "block", message: "no" })]);
  expect(decision).toEqual({ action: "block", status_code: 403, message: "no", hook: "first", failed: [] });
  expect(asked).toHaveLength(1);
  expect((await ask([say({ action: "block", status_code: 451 })])).decision).toMatchObject({ status_code: 451 });
});

test("modify replaces the body, and feeds the next hook", async () => {
  const { decision, bodies } = await ask([
    say({ action: "modify", request_body: { clean: true } }),
    say({ action: "allow" }),
  ]);
  expect(decision).toEqual({ action: "allow", request_body: { clean: true }, failed: [] });
  expect(bodies[1].request_body).toEqual({ clean: true });
});

test.each([
  ["a status", 500],
  ["no answer", { error: "timeout" as const }],
  ["bad JSON", { status: 200, body: "{" }],
  ["an unknown action", say({ action: "shrug" })],
  ["a modify without a body", say({ action: "modify" })],
])("%s: the fail policy decides", async (_name, answer) => {
  expect((await ask([answer, say({ action: "allow" })])).decision).toEqual({ action: "allow", failed: ["first"] });
  expect((await ask([answer], { fail_policy: "fail_closed" })).decision).toEqual({
    action: "block",
    status_code: 503,
    hook: "first",
    failed: ["first"],
  });
});

test("modify from a hook that was not shown the body fails", async () => {
  const blind = { send_hooks: [{ name: "first", events: ["pre_request"] }] };
  expect((await ask([say({ action: "modify", request_body: {} })], {}, blind)).decision).toEqual({
    action: "allow",
    failed: ["first"],
  });
});
