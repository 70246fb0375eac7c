import { describe, expect, expectTypeOf, test } from "vitest";
import { ConfigurationError } from "../errors/errors.ts";
import { memoryReplayStore } from "../replay/memory.ts";
import { fakeClock, signedRequest } from "../testing/index.ts";
import { createVerifier } from "../verifier.ts";
import {
  type AperturePayload,
  aperture,
  apono,
  aponoTime,
  aponoTrigger,
  type StalwartEvent,
  stalwart,
  type TailscaleEvent,
  tailscale,
  tappass,
} from "./index.ts";

function bearer(body: string, header = "authorization", value = "Bearer key") {
  return { method: "POST", url: "/hook", headers: { [header]: value }, body };
}

describe("tailscale", () => {
  const verifier = createVerifier(tailscale, { secret: "tskey-webhook-xxxxx" });
  const verify = async (payload: unknown) =>
    verifier.verify(await signedRequest(tailscale, { secret: "tskey-webhook-xxxxx", body: JSON.stringify(payload) }));

  test("takes data that is an object, null or absent, and types that are not known yet", async () => {
    const events = [
      { type: "nodeCreated", tailnet: "example.com", message: "a", data: { nodeID: "n1" } },
      { type: "nodeDeleted", tailnet: "example.com", message: "b", data: null },
      { type: "somethingNew", tailnet: "example.com", message: "c" },
    ];
    const { payload } = await verify(events);
    expectTypeOf(payload).toEqualTypeOf<TailscaleEvent[]>();
    expect(payload).toEqual(events);
  });

  test.each([{ type: "test" }, null, "test", [null], ["test"], [{ message: "no type" }]])(
    "refuses %j",
    async (payload) => {
      await expect(verify(payload)).rejects.toMatchObject({ code: "malformed_payload" });
    },
  );
});

describe("stalwart", () => {
  const secret = "my-secret-key";
  const event = { id: 1, createdAt: "2023-06-21T14:55:00Z", type: "auth.success", data: {} };

  test("keeps 64-bit integers and hands out every id as text", async () => {
    const body =
      '{"events":[{"id":302231454903657293,"createdAt":"2023-06-21T14:55:00Z","type":"new.event","data":{"queueId":18446744073709551615,"n":5}},{"id":"a","createdAt":"","type":"t","data":{}}]}';
    const { payload } = await createVerifier(stalwart, { secret }).verify(
      await signedRequest(stalwart, { secret, body }),
    );
    expectTypeOf(payload.events).toEqualTypeOf<readonly StalwartEvent[]>();
    expect(payload.events.map(({ id }) => id)).toEqual(["302231454903657293", "a"]);
    expect(payload.events[0]?.data).toEqual({ queueId: 18446744073709551615n, n: 5 });
  });

  test("checks the newest event when a tolerance is given, and only then", async () => {
    const body = JSON.stringify({ events: [event, { ...event, createdAt: "2023-06-21T15:00:00Z" }] });
    const request = await signedRequest(stalwart, { secret, body });
    const at = (time: string) =>
      createVerifier(stalwart, { secret, tolerance: "6m", clock: fakeClock(time) }).verify(request);
    await expect(at("2023-06-21T15:06:00Z")).resolves.toBeDefined();
    await expect(at("2023-06-21T15:06:01Z")).rejects.toMatchObject({ code: "timestamp_too_old" });
    await expect(at("2023-06-21T14:53:00Z")).rejects.toMatchObject({ code: "timestamp_in_future" });
    await expect(createVerifier(stalwart, { secret }).verify(request)).resolves.toBeDefined();
  });

  test.each(["[]", "{}", '{"events":[{"id":1}]}', '{"events":[{"type":"t"}]}'])("refuses %s", async (body) => {
    const request = await signedRequest(stalwart, { secret, body });
    await expect(createVerifier(stalwart, { secret }).verify(request)).rejects.toMatchObject({
      code: "malformed_payload",
    });
  });
});

describe("aperture", () => {
  test.each([
    [undefined, "authorization", "Bearer key"],
    ["bearer", "authorization", "bearer key"],
    ["x-api-key", "x-api-key", "key"],
    ["x-goog-api-key", "x-goog-api-key", "key"],
    ["hec", "authorization", "Splunk key"],
    ["cf-aig-authorization", "cf-aig-authorization", "Bearer key"],
  ] as const)("reads the credential of %s from its own header", async (authorization, header, value) => {
    const provider = authorization === undefined ? aperture() : aperture({ authorization });
    const verifier = createVerifier(provider, { secret: "key" });
    await expect(verifier.verify(bearer('{"metadata":{}}', header, value))).resolves.toBeDefined();
    await expect(verifier.verify(bearer('{"metadata":{}}', "x-other", value))).rejects.toMatchObject({
      code: "missing_signature",
    });
  });

  test("hands out one shape for both places of cost, grants and quotas", async () => {
    const parts = {
      estimated_cost: { dollars: 0.0342, usage: { input_tokens: 1500 } },
      grants: { "example.com/cap": [{}] },
      quotas: { daily: { current: 1, capacity: 2, rate: "1/d" } },
    };
    const verifier = createVerifier(aperture(), { secret: "key" });
    const outside = await verifier.verify(bearer(JSON.stringify({ metadata: { request_id: "r" }, ...parts })));
    const inside = await verifier.verify(bearer(JSON.stringify({ metadata: { request_id: "r", ...parts } })));
    expectTypeOf(inside.payload).toEqualTypeOf<AperturePayload>();
    expect(inside.payload).toEqual({ metadata: { request_id: "r" }, ...parts });
    expect(outside.payload).toEqual(inside.payload);
  });

  test.each(["[]", "null", "{}", '{"metadata":[]}'])("refuses %s", async (body) => {
    const verifier = createVerifier(aperture(), { secret: "key" });
    await expect(verifier.verify(bearer(body))).rejects.toMatchObject({ code: "malformed_payload" });
  });

  test("knows a repetition by request and kind of event", async () => {
    const replay = memoryReplayStore({ clock: fakeClock() });
    const before = createVerifier(aperture({ event: "pre_request" }), { secret: "key", replay, onDuplicate: "handle" });
    const after = createVerifier(aperture({ event: "entire_request" }), { secret: "key", replay });
    const request = bearer('{"metadata":{"request_id":"r1"}}');
    await (await before.verify(request)).commit();
    expect((await after.verify(request)).duplicate).toBe(false);
    expect((await before.verify(bearer('{"metadata":{"request_id":"r1"},"user_message":"x"}'))).duplicate).toBe(true);
    expect((await before.verify(bearer('{"metadata":{"request_id":"r2"}}'))).duplicate).toBe(false);
  });

  test("without a named event, tells events of one request apart by what they hold", async () => {
    const verifier = createVerifier(aperture(), {
      secret: "key",
      replay: memoryReplayStore({ clock: fakeClock() }),
      onDuplicate: "handle",
    });
    await (await verifier.verify(bearer('{"metadata":{"request_id":"r1"},"request_body":{}}'))).commit();
    expect((await verifier.verify(bearer('{"metadata":{"request_id":"r1"},"response_body":{}}'))).duplicate).toBe(
      false,
    );
    expect((await verifier.verify(bearer('{"request_body":{"a":1},"metadata":{"request_id":"r1"}}'))).duplicate).toBe(
      true,
    );
  });

  test("writes decisions as documented, for pre_request only", () => {
    const { decisions } = aperture();
    expect(JSON.parse(decisions?.allow().body ?? "")).toEqual({ action: "allow" });
    expect(JSON.parse(decisions?.block({}).body ?? "")).toEqual({ action: "block", status_code: 403 });
    expect(decisions?.block({ message: "no", status: 451 })).toMatchObject({
      status: 200,
      body: '{"action":"block","status_code":451,"message":"no"}',
    });
    expect(JSON.parse(decisions?.modify({ model: "m" }).body ?? "")).toEqual({
      action: "modify",
      request_body: { model: "m" },
    });
    expect(aperture({ event: "entire_request" }).decisions).toBeUndefined();
  });
});

describe("tappass", () => {
  test("compares any header behind any prefix, and knows a repetition by audit_id", async () => {
    const verifier = createVerifier(tappass({ header: "Authorization", prefix: "Token token=" }), {
      secret: "key",
      replay: memoryReplayStore({ clock: fakeClock() }),
      onDuplicate: "handle",
    });
    const first = await verifier.verify(bearer('{"audit_id":"ae_1"}', "authorization", "Token token=key"));
    await first.commit();
    expect(first.key).toBe("ae_1");
    expect(
      (await verifier.verify(bearer('{"audit_id":"ae_1","x":1}', "authorization", "Token token=key"))).duplicate,
    ).toBe(true);
    expect((await verifier.verify(bearer('{"audit_id":7}', "authorization", "Token token=key"))).key).toBeUndefined();
    await expect(verifier.verify(bearer("{}", "authorization", "key"))).rejects.toMatchObject({
      code: "malformed_signature",
    });
  });

  test("lets the operator say the body's shape", () => {
    const provider = tappass<{ routing_key: string }>({ header: "x-key" });
    expectTypeOf<Parameters<NonNullable<typeof provider.key>>[0]>().toEqualTypeOf<{ routing_key: string }>();
  });
});

describe("apono", () => {
  const body = '{"event_type":"AccessRequestCreated","event_time":1696263265.851898000,"data":{"id":"123"}}';

  test("takes every method, with and without a body", async () => {
    const verifier = createVerifier(apono({ header: "authorization" }), { secret: "key" });
    for (const method of ["POST", "PUT", "DELETE", "PATCH", "GET"]) {
      expect((await verifier.verify({ ...bearer(body), method })).payload?.data?.id).toBe("123");
      expect((await verifier.verify({ ...bearer(""), method })).payload).toBeUndefined();
    }
    await expect(verifier.verify({ ...bearer(body), method: "OPTIONS" })).rejects.toMatchObject({
      code: "method_not_allowed",
    });
  });

  test("knows a repetition by type, time and id", async () => {
    const verifier = createVerifier(apono({ header: "x-key" }), {
      secret: "key",
      replay: memoryReplayStore({ clock: fakeClock() }),
      onDuplicate: "handle",
    });
    const verify = (text: string) => verifier.verify(bearer(text, "x-key", "key"));
    await (await verify(body)).commit();
    expect((await verify(body.replace("}}", ',"justification":"other"}}'))).duplicate).toBe(true);
    expect((await verify(body.replace("851898", "851899"))).duplicate).toBe(false);
    expect((await verify(body.replace("Created", "Granted"))).duplicate).toBe(false);
    expect((await verify('{"event_type":"AccessRequestCreated"}')).key).toBeUndefined();
  });

  test.each([
    ["RequestCreated", "RequestCreated"],
    ["AccessRequestCreated", "RequestCreated"],
    ["AccessRequestExpired", "RequestExpired"],
    ["Manual", "Manual"],
    ["AccessReviewed", undefined],
    ["__proto__", undefined],
  ])("reads %s as %s", (event_type, trigger) => {
    expect(aponoTrigger({ event_type })).toBe(trigger);
  });

  test.each([
    [1696263265.851898, "2023-10-02T16:14:25.851Z"],
    ["1696263265.851898000", "2023-10-02T16:14:25.851Z"],
    [1696263265.852, "2023-10-02T16:14:25.852Z"],
    ["1696263265", "2023-10-02T16:14:25.000Z"],
    [0, "1970-01-01T00:00:00.000Z"],
  ])("reads the time %s", (value, expected) => {
    expect(aponoTime(value)?.toISOString()).toBe(expected);
  });

  test.each(["", " 1", "1e9", "0x10", "-1", -1, Number.NaN, Number.POSITIVE_INFINITY, null, undefined, {}])(
    "finds no time in %s",
    (value) => {
      expect(aponoTime(value)).toBeUndefined();
    },
  );
});

test.each([
  ["an unknown option", () => aperture({ autorisation: "bearer" } as never)],
  ["an unknown authorization", () => aperture({ authorization: "basic" as never })],
  ["an inherited authorization", () => aperture({ authorization: "__proto__" as never })],
  ["an impossible event", () => aperture({ event: "Pre Request" })],
  ["no options", () => tappass(undefined as never)],
  ["no header", () => tappass({} as never)],
  ["a bad header", () => apono({ header: "x key" })],
  ["a header with a line break", () => apono({ header: "x-key\r\n" })],
  ["a bad prefix", () => tappass({ header: "x-key", prefix: "a\nb" })],
  ["a prefix that is no text", () => apono({ header: "x-key", prefix: null as never })],
  ["an unknown option of apono", () => apono({ header: "x-key", name: "x" } as never)],
])("refuses %s when it is built", (_, build) => {
  expect(build).toThrow(ConfigurationError);
});
