import { createSender } from "@countersign/sender";
import { type StubAnswer, stage } from "@countersign/sender/testing";
import { expect, test } from "vitest";
import { fromApono } from "./apono.ts";

const HOUR = 3_600_000;

const config = {
  name: "audit",
  method: "PUT" as const,
  url: "https://example.com/apono",
  headers: { Authorization: "Bearer a-long-random-token" },
  triggers: ["RequestCreated" as const],
  body_template:
    '{ "type": "{{ event_type }}", "at": {{ event_time }}, "why": "{{ data.justification }}", "who": {{ data.requester }} }',
};
const data = {
  id: "123",
  justification: 'I "need"\n{{ data.id }}',
  requester: { id: "user-1", name: "User" },
  access_flow: { name: "Flow 1" },
};

test("sends what the template renders, by the operator's method", async () => {
  const { sender, requests, clock } = stage(fromApono(config));
  await sender.send({ type: "AccessRequestCreated", time: 1_696_263_265_851, data });
  await sender.send({ type: "AccessRequestApproved", data });
  await clock.advanceAsync(1_000);
  expect(requests).toHaveLength(1);
  expect(requests[0]?.method).toBe("PUT");
  expect(JSON.parse(requests[0]?.text as string)).toEqual({
    type: "AccessRequestCreated",
    at: 1_696_263_265.851,
    why: data.justification,
    who: data.requester,
  });
  expect(requests[0]?.named).toMatchObject({ authorization: "Bearer a-long-random-token" });
});

test("no retries; success also by the answer's body", async () => {
  const validators = { response_validators: [{ json_path: "$.result['status']", expected_values: ["ok", 1] }] };
  const end = async (answer: StubAnswer, own: object = {}) => {
    const { sender, requests, clock } = stage(fromApono({ ...config, ...own }), () => answer);
    const handle = await sender.send({ type: "RequestCreated", data });
    await clock.advanceAsync(HOUR);
    expect(requests).toHaveLength(1);
    return (await handle.outcome())[0];
  };
  expect((await end(503))?.status).toBe("dead");
  expect((await end({ status: 200, body: '{"result":{"status":"ok"}}' }, validators))?.status).toBe("delivered");
  expect((await end({ status: 200, body: '{"result":{"status":1}}' }, validators))?.status).toBe("delivered");
  expect((await end({ status: 200, body: '{"result":{"status":"bad"}}' }, validators))?.history[0]).toMatchObject({
    status: 200,
    error: "rejected",
  });
  expect((await end({ status: 200, body: "<html>" }, validators))?.status).toBe("dead");
});

test("filters choose by the payload", async () => {
  const { sender, requests, clock } = stage(
    fromApono({ ...config, filters: [{ json_path: "$.data.access_flow.name", expected_values: ["Flow 1"] }] }),
  );
  await sender.send({ type: "RequestCreated", data });
  await sender.send({ type: "RequestCreated", data: { ...data, access_flow: { name: "Flow 2" } } });
  await clock.advanceAsync(1_000);
  expect(requests).toHaveLength(1);
});

test("test shows the invocation data: request and response, masked", async () => {
  const { sender } = stage(fromApono(config), () => ({
    status: 403,
    body: "token a-long-random-token is not known",
  }));
  const { ok, exchanges } = await sender.test("audit");
  expect(ok).toBe(false);
  expect(exchanges[0]).toMatchObject({
    request: { method: "PUT", url: "https://example.com/***", headers: { authorization: "***" } },
    response: { status: 403, body: "token *** is not known" },
    ruling: "permanent",
  });
  expect(JSON.parse(exchanges[0]?.request.body as string)).toMatchObject({ type: "AccessRequestCreated" });
  expect(JSON.stringify(exchanges)).not.toContain("a-long-random-token");
});

test.each([
  ["http", { url: "http://example.com/" }, "audit.url"],
  ["a port", { url: "https://example.com:8443/" }, "audit.url"],
  ["another method", { method: "HEAD" }, "webhook.method"],
  ["an unknown trigger", { triggers: ["RequestSneezed"] }, "webhook.triggers[0]"],
  ["GET with a template", { method: "GET" }, "webhook.body_template"],
  [
    "a path that is more than a path",
    { response_validators: [{ json_path: "$..*", expected_values: ["x"] }] },
    "webhook.response_validators[0].json_path",
  ],
  ["an unknown setting", { retries: 3 }, "webhook.retries"],
])("refuses %s", (_name, own, option) => {
  expect(() => createSender({ endpoints: fromApono({ ...config, ...own } as never) })).toThrow(
    expect.objectContaining({ name: "ConfigurationError", option }),
  );
});
