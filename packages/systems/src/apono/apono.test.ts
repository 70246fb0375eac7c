import { readFileSync } from "node:fs";
import { createSender } from "@countersign/sender";
import { type StubAnswer, stage } from "@countersign/sender/testing";
import { describe, expect, test } from "vitest";
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
  ["http", { url: "http://example.com/" }, "webhook.url"],
  ["a port", { url: "https://example.com:8443/" }, "webhook.url"],
  ["another method", { method: "HEAD" }, "webhook.method"],
  ["an unknown trigger", { triggers: ["RequestSneezed"] }, "webhook.triggers[0]"],
  ["GET with a template", { method: "GET" }, "webhook.body_template"],
  [
    "a path that is more than a path",
    { response_validators: [{ json_path: "$..*", expected_values: ["x"] }] },
    "webhook.response_validators[0].json_path",
  ],
  ["an unknown setting", { retries: 3 }, "webhook.retries"],
  ["a name with a blank", { name: "my hook" }, "webhook.name"],
  ["a misspelt template field", { body_template: '{ "a": "{{ data.requestor.name }}" }' }, "webhook.body_template"],
  ["an empty header", { headers: { "x-a": "" } }, "webhook.headers.x-a"],
])("refuses %s", (_name, own, option) => {
  expect(() => createSender({ endpoints: fromApono({ ...config, ...own } as never) })).toThrow(
    expect.objectContaining({ name: "ConfigurationError", option }),
  );
});

test("active: false keeps events for later: it is off", async () => {
  const { sender, clock, requests } = stage(fromApono({ ...config, active: false }));
  const handle = await sender.send({ type: "RequestCreated", data });
  expect(handle.placements).toEqual([]);
  await sender.endpoints.enable("audit");
  await clock.advanceAsync(HOUR);
  expect(requests).toEqual([]);
});

test("headers: null is refused", () => {
  const nulls = { headers: null, filters: null, response_validators: null, timeout: null, body_template: null };
  expect(() => createSender({ endpoints: fromApono({ ...config, ...nulls }) })).not.toThrow();
});

test.each(["POST", "PUT", "DELETE"] as const)("the method %s carries the template", async (method) => {
  const { sender, clock, requests } = stage(fromApono({ ...config, method }));
  await sender.send({ type: "RequestCreated", data });
  await clock.advanceAsync(1_000);
  expect(requests[0]).toMatchObject({ method, text: expect.stringContaining("RequestCreated") });
});

describe("the API's nested form", () => {
  const text = readFileSync(new URL("../../../../test/fixtures/samples/apono-webhook.json", import.meta.url), "utf8");

  test("it does not load", async () => {
    const endpoints = fromApono(text);
    expect(endpoints).toMatchObject([
      {
        name: "TicketSync",
        url: "https://tickets.example.com/api/v2/access-requests",
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Source": "apono" },
        timeout: "60000ms",
        enabled: true,
      },
    ]);
    expect(endpoints.notes.map(({ option }) => option)).toEqual(["webhook.authentication_config"]);
    const answers = [
      '{"data":{"status":"open","ok":true}}',
      '{"status":"pending","ok":"true"}',
      '{"data":{"status":"shut"}}',
    ];
    const { sender, clock, requests } = stage(endpoints, (_request, index) => ({
      status: 200,
      body: answers[index] as string,
    }));
    const ends = [];
    for (const _answer of answers) {
      const handle = await sender.send({ type: "AccessRequestCreated", time: 1_696_263_265_851, data });
      await clock.advanceAsync(1_000);
      ends.push((await handle.outcome())[0]);
    }
    expect(ends.map((end) => end?.status)).toEqual(["delivered", "delivered", "dead"]);
    expect(ends[2]?.history[0]?.message).toContain("The ticket system did not take the request.");
    expect(JSON.parse(requests[0]?.text as string)).toMatchObject({
      type: "AccessRequestCreated",
      at: "1696263265.851",
    });
  });

  test("a token takes the place of OAuth, and triggers choose", async () => {
    const endpoints = fromApono(text, { token: "fetched-elsewhere", triggers: ["RequestGranted"] });
    expect(endpoints.notes).toEqual([]);
    const { sender, clock, requests } = stage(endpoints);
    for (const type of ["RequestCreated", "RequestGranted"]) await sender.send({ type, data });
    await clock.advanceAsync(1_000);
    expect(requests.map(({ named }) => named.authorization)).toEqual(["Bearer fetched-elsewhere"]);
  });

  test("an integration is no webhook, and GET takes no template: both are noted", () => {
    const nested = JSON.parse(text);
    const list = [
      { ...nested, name: "a", type: { integration: { integration_id: "1", action_name: "invoke_azure_function" } } },
      { ...nested, name: "b", type: { http_request: { url: "https://example.com/", method: "GET", headers: null } } },
    ];
    const endpoints = fromApono(list, { token: "t-o-k-e-n" });
    expect(endpoints).toMatchObject([{ name: "b", method: "GET" }]);
    expect(endpoints.notes.map(({ option }) => option)).toEqual([
      "webhooks[0].type.integration",
      "webhooks[1].body_template",
    ]);
  });

  test.each([
    [
      "a misspelt template field",
      text.replace("{{data.friendly_id}}", "{{data.freindly_id}}"),
      "webhook.body_template",
      15,
      20,
      "data.friendly_id",
    ],
    [
      "a misspelt key",
      text.replace('"timeout_in_sec"', '"timeout_in_secs"'),
      "webhook.timeout_in_secs",
      20,
      3,
      "timeout_in_sec",
    ],
    ["a method that is none", text.replace('"POST"', '"PSOT"'), "webhook.type.http_request.method", 8, 17, "POST"],
    [
      "a port",
      text.replace("tickets.example.com", "tickets.example.com:8443"),
      "webhook.type.http_request.url",
      7,
      14,
      "443",
    ],
  ])("%s is refused without saying where", (_name, changed, option, line, column, says) => {
    expect(() => fromApono(changed)).toThrow(
      expect.objectContaining({
        name: "ConfigurationError",
        option,
        line,
        column,
        message: expect.stringContaining(says),
      }),
    );
  });
});
