import { expect, test } from "vitest";
import { ConfigurationError } from "../errors/errors.ts";
import { memoryReplayStore } from "../replay/memory.ts";
import { createVerifier } from "../verifier.ts";
import { cloudEvents } from "./cloud-events.ts";

const secret = "a-long-random-token";
const row = cloudEvents({ origins: ["eventemitter.example.com"] });
const verifier = createVerifier(row, { secret, log: false });
const ask = (headers: Record<string, string>, method = "OPTIONS") =>
  verifier.respond({ method, url: "/hooks", headers, body: "" }, () => {});
const EVENT =
  '{"specversion":"1.0","type":"com.example.someevent","source":"/mycontext","id":"C234-1234-1234","data":{}}';

// CloudEvents, HTTP 1.1 Web Hooks for Event Delivery, 4.1 and 4.2: the request and the response that it prints.
test("grants the specification's own request", async () => {
  const answer = await ask({ "webhook-request-origin": "eventemitter.example.com", "webhook-request-rate": "120" });
  expect(answer).toMatchObject({
    status: 200,
    headers: { "webhook-allowed-origin": "eventemitter.example.com", "webhook-allowed-rate": "120" },
  });
});

test.each([
  "eventemitter.example.com.evil.example",
  "eventemitter.example",
  "eventemitter.example.co",
  "sub.eventemitter.example.com",
  "eventemitter.example.com/",
  "eventemitter.example.com, evil.example",
  "*",
  "",
])("an origin by prefix, or near it, is not granted: %j", async (origin) => {
  const { status, headers } = await ask({ "webhook-request-origin": origin });
  expect(status).toBe(405);
  expect(headers["webhook-allowed-origin"]).toBeUndefined();
});

test("the callback that a stranger names is not called", async () => {
  const answer = await ask({
    "webhook-request-origin": "evil.example",
    "webhook-request-callback": "http://169.254.169.254/",
  });
  expect(answer.status).toBe(405);
});

test("granting proves nothing: a delivery needs the token", async () => {
  const send = (headers: Record<string, string>) =>
    verifier.respond({ method: "POST", url: "/hooks", headers, body: EVENT }, () => ({ status: 202 }));
  expect((await send({ "webhook-request-origin": "eventemitter.example.com" })).status).toBe(401);
  expect((await send({ authorization: "Bearer other" })).status).toBe(401);
  expect((await send({ authorization: `Bearer ${secret}` })).status).toBe(202);
});

test("an event is known by source and id, a batch by those of all", async () => {
  const once = createVerifier(row, { secret, replay: memoryReplayStore() });
  const send = async (body: string) => {
    const request = { method: "POST", url: "/", headers: { authorization: `Bearer ${secret}` }, body };
    let handled = false;
    await once.respond(request, () => {
      handled = true;
    });
    return handled;
  };
  expect(await send(EVENT)).toBe(true);
  expect(await send(EVENT.replace('"data":{}', '"data":{"again":1}'))).toBe(false);
  expect(await send(EVENT.replace("/mycontext", "/other"))).toBe(true);
  expect(await send(`[${EVENT}]`)).toBe(true);
  expect(await send(`[${EVENT}]`)).toBe(false);
});

test("options that cannot be honoured are refused", () => {
  for (const options of [
    {},
    { origins: [] },
    { origins: ["*"] },
    { origins: ["https://a.example"] },
    { origins: ["a.example"], rate: 0 },
  ]) {
    expect(() => cloudEvents(options as never)).toThrow(ConfigurationError);
  }
});
