import { once } from "node:events";
import type { Socket } from "node:net";
import { gzipSync } from "node:zlib";
import {
  type ClaimState,
  type Clock,
  defineReplayStore,
  memoryReplayStore,
  type Provider,
  type ReplayOperations,
  type ReplayStore,
  type VerifierOptions,
  type WebhookError,
} from "@countersign/core";
import { github, tailscale, tappass } from "@countersign/core/providers";
import { type FakeClock, fakeClock, signedRequest } from "@countersign/core/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type Call, deferred, type Handler, type Harness, type Running } from "./harness.ts";
import { events, genuine, now, secret, text } from "./kit.ts";
import { type HeaderLines, headerLines, type Reply, render, renderHead, shoot, Wire } from "./wire.ts";

const MiB = 1_048_576;

/** A clock that tells when somebody waits for it. */
interface WatchedClock extends FakeClock {
  /** Resolves when a timer of so many milliseconds is set. */
  armed(milliseconds: number): Promise<void>;
}

function watchedClock(): WatchedClock {
  const clock = fakeClock(now);
  const waiting = new Map<number, (() => void)[]>();
  const watched: Clock = {
    now: clock.now,
    setTimeout(callback, milliseconds) {
      for (const wake of waiting.get(milliseconds) ?? []) wake();
      waiting.delete(milliseconds);
      return clock.setTimeout(callback, milliseconds);
    },
    clearTimeout: clock.clearTimeout,
  };
  return {
    ...clock,
    ...watched,
    get pending() {
      return clock.pending;
    },
    armed: (milliseconds) =>
      new Promise((resolve) => waiting.set(milliseconds, [...(waiting.get(milliseconds) ?? []), () => resolve()])),
  };
}

type Operation = "claim" | "commit" | "release";

/** A store that answers a turn later, tells what it was asked, and can be held up. */
class WatchedStore implements ReplayOperations {
  readonly replay = defineReplayStore(this);
  readonly asked: Operation[] = [];
  private readonly store: ReplayStore;
  private readonly gates = new Map<Operation, Promise<void>>();
  private readonly waiting: { operation: Operation; wake: () => void }[] = [];

  constructor(clock: Clock) {
    this.store = memoryReplayStore({ clock });
  }
  /** Holds the answers to one operation back until the returned function is called. */
  gate(operation: Operation): () => void {
    const { promise, resolve } = deferred();
    this.gates.set(operation, promise);
    return () => {
      this.gates.delete(operation);
      resolve();
    };
  }
  /** Resolves when the operation is asked for. */
  next(operation: Operation): Promise<void> {
    return new Promise((wake) => this.waiting.push({ operation, wake }));
  }
  private async ask<T>(operation: Operation, work: () => T | Promise<T>): Promise<T> {
    this.asked.push(operation);
    for (const { operation: wanted, wake } of this.waiting) if (wanted === operation) wake();
    await this.gates.get(operation);
    await new Promise((resolve) => setImmediate(resolve));
    return work();
  }
  claim(key: string, token: string, lease: number): Promise<ClaimState> {
    return this.ask("claim", () => this.store.claim(key, token, lease));
  }
  commit(key: string, token: string, ttl: number): Promise<boolean> {
    return this.ask("commit", () => this.store.commit(key, token, ttl));
  }
  release(key: string, token: string): Promise<boolean> {
    return this.ask("release", () => this.store.release(key, token));
  }
  extend(key: string, token: string, lease: number): boolean | Promise<boolean> {
    return this.store.extend(key, token, lease);
  }
}

interface Setup {
  readonly provider?: Provider<any>;
  readonly options?: Partial<VerifierOptions<any, any, any>>;
  readonly handler?: Handler;
  readonly variant?: string;
}

interface App extends Running {
  readonly clock: WatchedClock;
  /** What the handler was called with. */
  readonly calls: Call[];
  readonly rejected: WebhookError[];
  /** Resolves with the next refusal. */
  rejection(): Promise<WebhookError>;
}

function without(headers: HeaderLines, name: string): HeaderLines {
  return headers.filter(([key]) => key !== name);
}

function replaced(headers: HeaderLines, name: string, value: string): HeaderLines {
  return [...without(headers, name), [name, value]];
}

/** Resolves when the server has noticed that the client is gone. An error in front of it is no news. */
function gone(socket: Socket | undefined): Promise<void> {
  return new Promise((resolve) => socket?.once("close", () => resolve()));
}

const SIGNATURE = "tailscale-webhook-signature";

/** What a refusal may say: a bare status. */
function expectBare(reply: Reply, status: number): void {
  expect(reply.status).toBe(status);
  expect(reply.body).toBe("");
  for (const name of Object.keys(reply.headers)) {
    expect([
      "connection",
      "content-length",
      "date",
      "keep-alive",
      "retry-after",
      "transfer-encoding",
      "x-powered-by",
      "x-after",
      "content-type",
    ]).toContain(name);
  }
}

/** The same promises for every adapter, over real sockets. */
export function adapterContract(harness: Harness): void {
  const running: Running[] = [];
  const wires: Wire[] = [];

  afterEach(async () => {
    vi.restoreAllMocks();
    for (const wire of wires.splice(0)) wire.destroy();
    await Promise.all(running.splice(0).map((app) => app.close()));
  });

  async function boot(setup: Setup = {}): Promise<App> {
    const clock = (setup.options?.clock as WatchedClock | undefined) ?? watchedClock();
    const calls: Call[] = [];
    const rejected: WebhookError[] = [];
    let wake: ((error: WebhookError) => void)[] = [];
    const app = await harness.start({
      provider: setup.provider ?? tailscale,
      ...(setup.variant === undefined ? {} : { variant: setup.variant }),
      options: {
        secret,
        clock,
        ...setup.options,
        onReject: (error: WebhookError, request: unknown, context: unknown) => {
          rejected.push(error);
          for (const next of wake) next(error);
          wake = [];
          return (setup.options?.onReject as ((...args: unknown[]) => unknown) | undefined)?.(error, request, context);
        },
      } as VerifierOptions<any, any, any>,
      handler: (call) => {
        calls.push(call);
        return setup.handler?.(call) ?? { body: "handled" };
      },
    });
    running.push(app);
    return Object.assign(app, {
      clock,
      calls,
      rejected,
      rejection: () => new Promise<WebhookError>((resolve) => wake.push(resolve)),
    });
  }

  async function open(app: Running): Promise<Wire> {
    const wire = await Wire.open(app.port);
    wires.push(wire);
    return wire;
  }

  const codes = (app: App) => app.rejected.map((error) => error.code);

  describe.each(harness.variants)("%s", (variant) => {
    test("lets a genuine webhook through, and hands its verified bytes on", async () => {
      const handed = deferred<{ bytes: Uint8Array; json: unknown; contentType: string | undefined }>();
      const app = await boot({
        variant,
        handler: async (call) => {
          handed.resolve({ bytes: await call.bytes(), json: await call.json(), contentType: call.contentType });
          return { status: 201, body: "thanks", headers: { "x-mine": "1" } };
        },
      });
      const good = await genuine();
      const reply = await shoot(app.port, good);
      expect(app.errors).toEqual([]);
      expect(reply).toMatchObject({ status: 201, body: "thanks" });
      expect(reply.headers["x-mine"]).toBe("1");
      const { bytes, json, contentType } = await handed.promise;
      expect(Buffer.from(bytes).equals(good.body)).toBe(true);
      expect(json).toEqual(JSON.parse(Buffer.from(good.body).toString()));
      expect(contentType).toBe("application/json");
      expect(app.calls[0]?.delivery.payload).toEqual(json);
      expect(app.calls[0]?.delivery.timestamp?.getTime()).toBe(now);
    });

    test("lets a chunked one through", async () => {
      const app = await boot({ variant });
      expect((await shoot(app.port, { ...(await genuine()), framing: "chunked" })).status).toBe(200);
      expect(app.calls).toHaveLength(1);
    });

    test("refuses a forged one", async () => {
      const app = await boot({ variant });
      const good = await genuine();
      const forged = Buffer.from(Buffer.from(good.body).toString().replace("created", "deleted"));
      expectBare(await shoot(app.port, { headers: good.headers, body: forged }), 401);
      expectBare(await shoot(app.port, { headers: good.headers, body: forged, framing: "chunked" }), 401);
      expect(codes(app)).toEqual(["signature_mismatch", "signature_mismatch"]);
      expect(app.calls).toHaveLength(0);
    });

    test("refuses one without a signature", async () => {
      const app = await boot({ variant });
      const good = await genuine();
      expectBare(await shoot(app.port, { headers: without(good.headers, SIGNATURE), body: good.body }), 401);
      expect(codes(app)).toEqual(["missing_signature"]);
      expect(app.calls).toHaveLength(0);
    });

    test("refuses an empty body, and lets a signed empty one fail as a payload", async () => {
      const app = await boot({ variant });
      const good = await genuine();
      for (const framing of ["length", "none", "chunked"] as const)
        expectBare(await shoot(app.port, { headers: good.headers, body: "", framing }), 401);
      const empty = await genuine("");
      for (const framing of ["length", "none", "chunked"] as const)
        expectBare(await shoot(app.port, { ...empty, framing }), 400);
      expect(codes(app)).toEqual([...Array(3).fill("signature_mismatch"), ...Array(3).fill("malformed_payload")]);
      expect(app.calls).toHaveLength(0);
    });

    test("lets no other method, and no other content type, past the verdict", async () => {
      const app = await boot({ variant });
      const good = await genuine();
      for (const method of ["GET", "HEAD", "DELETE", "PUT", "PATCH", "OPTIONS"]) {
        for (const headers of [[], good.headers, without(good.headers, "content-type")])
          expectBare(await shoot(app.port, { method, headers }), 405);
        expectBare(await shoot(app.port, { method, headers: good.headers, body: good.body }), 405);
      }
      expect(new Set(codes(app))).toEqual(new Set(["method_not_allowed"]));
      for (const type of [
        undefined,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "nonsense",
        "image/png",
        "application/x-countersign-verified",
      ]) {
        const headers =
          type === undefined ? without(good.headers, "content-type") : replaced(good.headers, "content-type", type);
        expectBare(await shoot(app.port, { headers: without(headers, SIGNATURE), body: good.body }), 401);
        expectBare(await shoot(app.port, { headers, body: `${Buffer.from(good.body)} ` }), 401);
      }
      expect(app.calls).toHaveLength(0);
    });

    test("lets a genuine one through under any content type", async () => {
      const app = await boot({ variant });
      const good = await genuine();
      for (const type of [
        undefined,
        "text/plain; charset=utf-8",
        "application/vnd.api+json",
        "image/png",
        "application/x-countersign-verified",
      ]) {
        const headers =
          type === undefined ? without(good.headers, "content-type") : replaced(good.headers, "content-type", type);
        expect((await shoot(app.port, { headers, body: good.body })).status).toBe(200);
        expect(app.calls.at(-1)?.contentType).toBe(type);
      }
      expect(app.errors).toEqual([]);
    });
  });

  describe.each(Object.entries(harness.consumers))("%s", (variant, message) => {
    test("the body is gone: a clear error instead of a hang or a wrong verdict", async () => {
      const app = await boot({ variant });
      const reply = await shoot(app.port, await genuine());
      expectBare(reply, 500);
      expect(codes(app)).toEqual(["body_consumed"]);
      expect(app.calls).toHaveLength(0);
      const told = harness.errorChannel ? app.errors : app.rejected;
      expect(told.map((error) => (error as Error).message)).toEqual([expect.stringMatching(message)]);
    });
  });

  describe("what the head tells", () => {
    test("refuses two signature headers, in one line or in two", async () => {
      const app = await boot();
      const good = await genuine();
      const value = good.headers.find(([name]) => name === SIGNATURE)?.[1] as string;
      expectBare(await shoot(app.port, { headers: [...good.headers, [SIGNATURE, value]], body: good.body }), 401);
      expectBare(
        await shoot(app.port, { headers: [...good.headers, ["Tailscale-Webhook-Signature", value]], body: good.body }),
        401,
      );
      expectBare(
        await shoot(app.port, { headers: replaced(good.headers, SIGNATURE, `${value}, ${value}`), body: good.body }),
        401,
      );
      expect(codes(app)).toEqual(Array(3).fill("malformed_signature"));
      expect(app.calls).toHaveLength(0);
    });

    test("refuses two Authorization lines, of which Node keeps the first", async () => {
      const app = await boot({ provider: tappass({ header: "authorization" }), options: { secret: "token-1" } });
      const body = '{"audit_id":"ae_1"}';
      const right = ["authorization", "Bearer token-1"] as const;
      const wrong = ["authorization", "Bearer token-2"] as const;
      for (const headers of [
        [right, wrong],
        [wrong, right],
        [right, right],
      ])
        expectBare(await shoot(app.port, { headers, body }), 401);
      expect((await shoot(app.port, { headers: [right], body })).status).toBe(200);
      expect(app.calls).toHaveLength(1);
    });

    test("refuses malformed signatures", async () => {
      const app = await boot();
      const good = await genuine();
      const value = good.headers.find(([name]) => name === SIGNATURE)?.[1] as string;
      const bad = [
        "",
        "t=,v1=",
        value.slice(0, -1),
        `${value}0`,
        value.replace("t=", "t= "),
        value.replace("t=1", "t=+1"),
        `${value},t=1`,
        "é",
        "x".repeat(9_000),
      ];
      for (const text of bad)
        expectBare(await shoot(app.port, { headers: replaced(good.headers, SIGNATURE, text), body: good.body }), 401);
      expect(app.calls).toHaveLength(0);
      expect(new Set(codes(app))).toEqual(new Set(["malformed_signature"]));
    });

    test("refuses stale and future ones, and says nothing about it", async () => {
      const app = await boot();
      expectBare(await shoot(app.port, await genuine(text, now - 301_000)), 401);
      expectBare(await shoot(app.port, await genuine(text, now + 301_000)), 401);
      expect(codes(app)).toEqual(["timestamp_too_old", "timestamp_in_future"]);
      expect((await shoot(app.port, await genuine(text, now - 300_000))).status).toBe(200);
    });

    test("refuses too large a body, by Content-Length and while it comes", async () => {
      const app = await boot({ options: { limit: 1_000 } });
      const large = await genuine(events("x".repeat(1_000)));
      expectBare(await shoot(app.port, large), 413);
      expectBare(await shoot(app.port, { ...large, framing: "chunked" }), 413);
      expect(codes(app)).toEqual(["body_too_large", "body_too_large"]);
      const wire = await open(app);
      await wire.write(renderHead({ headers: large.headers, framing: 1_001 }));
      expectBare(await wire.reply(), 413);
      expect(app.calls).toHaveLength(0);
    });

    test("other statuses where the user wants some", async () => {
      const app = await boot({ options: { status: { timestamp_too_old: 204, signature_mismatch: 404 } } });
      expectBare(await shoot(app.port, await genuine(text, now - 301_000)), 204);
      const good = await genuine();
      expectBare(await shoot(app.port, { ...good, body: `${Buffer.from(good.body)} ` }), 404);
      expectBare(await shoot(app.port, { method: "GET" }), 405);
    });

    test("an onReject that throws or rejects changes no answer", async () => {
      for (const onReject of [
        () => {
          throw new Error("listener");
        },
        async () => {
          throw new Error("listener");
        },
      ]) {
        const app = await boot({ options: { onReject } });
        expectBare(await shoot(app.port, { body: "[]" }), 401);
        expect(codes(app)).toEqual(["missing_signature"]);
        expect(app.errors).toEqual([]);
      }
    });
  });

  describe("the secret", () => {
    test("comes from a lookup, which is given the framework's own context", async () => {
      const contexts: unknown[] = [];
      const app = await boot({
        options: {
          secret: async (head: { url?: string }, context: unknown) => {
            contexts.push(context);
            await new Promise((resolve) => setImmediate(resolve));
            return head.url?.includes("hook") ? [secret] : null;
          },
        },
      });
      const good = await genuine();
      expect((await shoot(app.port, good)).status).toBe(200);
      expect((await shoot(app.port, { ...good, framing: "chunked" })).status).toBe(200);
      expect(contexts).toHaveLength(2);
      if (harness.isContext !== undefined) expect(contexts.every(harness.isContext)).toBe(true);
    });

    test("a lookup that knows nobody is 401, one that fails is 503", async () => {
      let found: () => unknown = () => null;
      const app = await boot({ options: { secret: (() => found()) as () => string } });
      const good = await genuine();
      for (const [lookup, status] of [
        [() => null, 401],
        [async () => null, 401],
        [() => undefined, 503],
        [() => "", 503],
        [
          () => {
            throw new Error("database at 10.0.0.1 is down");
          },
          503,
        ],
        [
          async () => {
            throw new Error("database at 10.0.0.1 is down");
          },
          503,
        ],
      ] as const) {
        found = lookup;
        expectBare(await shoot(app.port, good), status);
      }
      expect(app.calls).toHaveLength(0);
      expect(app.errors).toEqual([]);
    });

    test("a lookup during which the client hangs up ends in a refusal", async () => {
      const asked = deferred();
      const answer = deferred<string>();
      const app = await boot({
        options: {
          secret: () => {
            asked.resolve();
            return answer.promise;
          },
        },
      });
      const good = await genuine();
      const wire = await open(app);
      await wire.write(render({ ...good, framing: good.body.length + 10 }));
      await asked.promise;
      const closed = gone(app.sockets[0]);
      wire.destroy();
      await closed;
      const rejection = app.rejection();
      answer.resolve(secret);
      expect((await rejection).code).toBe("body_incomplete");
      expect(app.calls).toHaveLength(0);
    });
  });

  describe("bodies that do not come as they should", () => {
    test("aborted half-way: no handler, nothing left behind", async () => {
      const app = await boot();
      const good = await genuine();
      const reading = app.clock.armed(30_000);
      const wire = await open(app);
      await wire.write(render({ ...good, framing: good.body.length + 10 }));
      await reading;
      const rejection = app.rejection();
      wire.destroy();
      expect((await rejection).code).toBe("body_incomplete");
      await new Promise((resolve) => setImmediate(resolve));
      expect(app.calls).toHaveLength(0);
      expect(app.clock.pending).toBeLessThanOrEqual(2); // One timer that all bodies share, one that all claims share.
      if (harness.node) {
        for (const name of ["data", "end"]) expect(app.requests[0]?.listenerCount(name), name).toBe(0);
      }
      expect((await shoot(app.port, good)).status).toBe(200);
    });

    test("aborted half-way through a chunk", async () => {
      const app = await boot();
      const good = await genuine();
      const reading = app.clock.armed(30_000);
      const wire = await open(app);
      await wire.write(renderHead({ headers: good.headers, framing: "chunked" }));
      await wire.write("10\r\nabc");
      await reading;
      const rejection = app.rejection();
      wire.destroy();
      expect((await rejection).code).toBe("body_incomplete");
      expect(app.calls).toHaveLength(0);
    });

    test("slow: ends at its time, and the client is told", async () => {
      const app = await boot({ options: { timeout: "10s" } });
      const good = await genuine();
      const reading = app.clock.armed(10_000);
      const wire = await open(app);
      await wire.write(renderHead({ ...good, framing: good.body.length }));
      await wire.write(good.body.subarray(0, 10));
      await reading;
      app.clock.advance(9_999);
      expect(codes(app)).toEqual([]);
      app.clock.advance(1);
      expectBare(await wire.reply(), 408);
      expect(codes(app)).toEqual(["body_timeout"]);
      expect(app.calls).toHaveLength(0);
      expect(app.clock.pending).toBeLessThanOrEqual(2); // One timer that all bodies share, one that all claims share.
      if (harness.node) expect(app.requests[0]?.listenerCount("data")).toBeLessThanOrEqual(1);
    });

    test("arriving byte by byte", async () => {
      const app = await boot();
      const good = await genuine(events("x"));
      const wire = await open(app);
      for (const byte of render(good)) await wire.write(Uint8Array.of(byte));
      expect((await wire.reply()).status).toBe(200);
      expect(app.calls).toHaveLength(1);
    });

    test("large ones, which are hashed as they come", async () => {
      const app = await boot();
      const good = await genuine(events("x".repeat(900_000)));
      expect((await shoot(app.port, good)).status).toBe(200);
      expect((await shoot(app.port, { ...good, framing: "chunked" })).status).toBe(200);
      expect(Buffer.from(app.calls[0]?.delivery.body as Uint8Array).equals(good.body)).toBe(true);
      const forged = Buffer.from(good.body);
      forged[800_000] = 121;
      expectBare(await shoot(app.port, { headers: good.headers, body: forged }), 401);
    });

    test("compressed: refused unless the policy says which bytes are signed", async () => {
      const plain = Buffer.from(events("compressed"));
      const packed = gzipSync(plain);
      const signedPacked = await genuine(packed);
      const signedPlain = await genuine(plain);
      const gzip = ["content-encoding", "gzip"] as const;
      const refusing = await boot();
      expectBare(await shoot(refusing.port, { headers: [...signedPacked.headers, gzip], body: packed }), 415);
      expect(codes(refusing)).toEqual(["unsupported_encoding"]);

      const compressed = await boot({ options: { encoding: "compressed" } });
      expect((await shoot(compressed.port, { headers: [...signedPacked.headers, gzip], body: packed })).status).toBe(
        200,
      );
      expect(Buffer.from(compressed.calls[0]?.delivery.body as Uint8Array).equals(plain)).toBe(true);
      expectBare(await shoot(compressed.port, { headers: [...signedPlain.headers, gzip], body: packed }), 401);

      const inflated = await boot({ options: { encoding: "inflated" } });
      expect((await shoot(inflated.port, { headers: [...signedPlain.headers, gzip], body: packed })).status).toBe(200);
      expect(Buffer.from(inflated.calls[0]?.delivery.body as Uint8Array).equals(plain)).toBe(true);
      expectBare(
        await shoot(inflated.port, { headers: [...signedPlain.headers, gzip], body: packed.subarray(0, 20) }),
        400,
      );
      expectBare(
        await shoot(inflated.port, { headers: [...signedPlain.headers, ["content-encoding", "br"]], body: packed }),
        415,
      );
      expectBare(
        await shoot(inflated.port, {
          headers: [...signedPlain.headers, ["content-encoding", "gzip, gzip"]],
          body: packed,
        }),
        415,
      );
    });

    test("a bomb stops at the limit", async () => {
      const bomb = gzipSync(Buffer.alloc(50 * MiB));
      const packed = await genuine(bomb);
      for (const encoding of ["compressed", "inflated"] as const) {
        const app = await boot({ options: { encoding } });
        expectBare(
          await shoot(app.port, { headers: [...packed.headers, ["content-encoding", "gzip"]], body: bomb }),
          413,
        );
        expect(codes(app)).toEqual(["body_too_large"]);
        expect(app.calls).toHaveLength(0);
      }
    });
  });

  describe("the connection", () => {
    test("serves on after refusals with a small body", async () => {
      const app = await boot();
      const good = await genuine();
      const wire = await open(app);
      for (const headers of [without(good.headers, SIGNATURE), replaced(good.headers, SIGNATURE, "t=1,v1=00")]) {
        await wire.write(render({ headers, body: good.body }));
        expectBare(await wire.reply(), 401);
      }
      await wire.write(render({ headers: good.headers, body: `${Buffer.from(good.body)} ` }));
      expectBare(await wire.reply(), 401);
      await wire.write(render({ method: "DELETE", headers: good.headers, body: good.body }));
      expectBare(await wire.reply(), 405);
      await wire.write(render(good));
      expect((await wire.reply()).status).toBe(200);
      expect(app.sockets).toHaveLength(1);
    });

    test("serves on when the refused body comes only after the answer", async () => {
      const app = await boot();
      const good = await genuine();
      const wire = await open(app);
      await wire.write(renderHead({ headers: without(good.headers, SIGNATURE), framing: good.body.length }));
      expectBare(await wire.reply(), 401);
      await wire.write(good.body);
      await wire.write(render(good));
      expect((await wire.reply()).status).toBe(200);
      expect(app.sockets).toHaveLength(1);
    });

    test("answers pipelined requests in their order", async () => {
      const app = await boot({ handler: (call) => ({ body: call.delivery.payload[0].message }) });
      const [one, two] = await Promise.all([genuine(events("one")), genuine(events("two"))]);
      const wire = await open(app);
      await wire.write(
        Buffer.concat([render(one), render({ ...two, headers: [] }), render({ ...two, framing: "chunked" })]),
      );
      expect(await wire.reply()).toMatchObject({ status: 200, body: "one" });
      expectBare(await wire.reply(), 401);
      expect(await wire.reply()).toMatchObject({ status: 200, body: "two" });
    });

    // A Fetch request does not show the connection that it came on.
    if (harness.node)
      test.each(["chunked, in one packet", "chunked, a packet later", "by Content-Length"])(
        "a request pipelined behind a refused body is not handled, where its connection closes: %s",
        async (form) => {
          const app = await boot({ options: { drain: 0 } });
          const good = await genuine();
          const forged = { headers: [], body: Buffer.alloc(form === "by Content-Length" ? 70_000 : 100, 32) };
          const refused = render(form === "by Content-Length" ? forged : { ...forged, framing: "chunked" });
          const wire = await open(app);
          if (form === "chunked, a packet later") {
            await wire.write(refused);
            expectBare(await wire.reply(), 401);
            await wire.write(render(good)).catch(() => {});
          } else {
            await wire.write(Buffer.concat([refused, render(good)]));
            expectBare(await wire.reply(), 401);
          }
          await wire.closed;
          expect(app.calls).toHaveLength(0);
          // Nor later: whoever sees no answer sends it again, and it would be handled twice.
          expect(codes(app)).toEqual(["missing_signature"]);
          expect((await shoot(app.port, good)).status).toBe(200);
          expect(app.calls).toHaveLength(1);
        },
      );

    test("answers pipelined requests in their order, also while a store takes its time", async () => {
      const clock = watchedClock();
      const store = new WatchedStore(clock);
      const app = await boot({
        options: { clock, replay: store.replay },
        handler: (call) => ({ body: call.delivery.payload[0].message, headers: { "x-message": "1" } }),
      });
      const messages = ["one", "two", "three"];
      const openGate = store.gate("commit");
      const asked = store.next("commit");
      const wire = await open(app);
      await wire.write(
        Buffer.concat(await Promise.all(messages.map(async (text) => render(await genuine(events(text)))))),
      );
      await asked;
      openGate();
      for (const body of messages) expect(await wire.reply()).toMatchObject({ status: 200, body });
      expect(store.asked.filter((operation) => operation === "commit")).toHaveLength(3);
    });

    test("HTTP/1.0", async () => {
      const app = await boot();
      const good = await genuine();
      expect(await shoot(app.port, { ...good, version: "1.0" })).toMatchObject({ status: 200, body: "handled" });
      expectBare(await shoot(app.port, { ...good, headers: [], version: "1.0" }), 401);
    });

    test("Expect: 100-continue", async () => {
      const app = await boot();
      const good = await genuine();
      const wire = await open(app);
      const expecting = [...good.headers, ["expect", "100-continue"]] as const;
      await wire.write(renderHead({ headers: expecting, framing: good.body.length }));
      while (!wire.pending) await once(wire.socket, "data");
      await wire.write(good.body);
      expect((await wire.reply()).status).toBe(200);
      expect(wire.continues).toBe(1);
      await wire.write(renderHead({ headers: without(expecting, SIGNATURE), framing: 300 * MiB }));
      expectBare(await wire.reply(), 401);
    });

    // A proxy that is still sending when the connection closes answers 502, and a permanent refusal looks like one to retry.
    if (harness.drains !== false)
      test.each([
        ["no signature, by Content-Length", 401, (headers: HeaderLines) => without(headers, SIGNATURE), false],
        ["no signature, chunked", 401, (headers: HeaderLines) => without(headers, SIGNATURE), true],
        ["too large, by Content-Length", 413, (headers: HeaderLines) => headers, false],
        ["too large, chunked", 413, (headers: HeaderLines) => headers, true],
      ])(
        "1.2 MB behind a refusal are read away, and the connection goes on: %s",
        async (_name, status, change, chunked) => {
          const app = await boot();
          const good = await genuine();
          const wire = await open(app);
          const body = Buffer.alloc(1_200_000, 120);
          await wire.write(renderHead({ headers: change(good.headers), framing: chunked ? "chunked" : body.length }));
          await wire.write(
            chunked
              ? Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from("\r\n0\r\n\r\n")])
              : body,
          );
          const refused = await wire.reply();
          expect(refused.status).toBe(status);
          expect(refused.headers["connection"]).not.toBe("close");
          await wire.write(render(good));
          expect((await wire.reply()).status).toBe(200);
          expect(app.calls).toHaveLength(1);
        },
      );

    // Without bounds Node reads a refused body to its end: 256 of 256 MB.
    test.each([
      [
        "no signature, by Content-Length",
        401,
        (headers: HeaderLines) => ({ headers: without(headers, SIGNATURE), framing: 256 * MiB }),
      ],
      [
        "no signature, chunked",
        401,
        (headers: HeaderLines) => ({ headers: without(headers, SIGNATURE), framing: "chunked" as const }),
      ],
      ["too large, by Content-Length", 413, (headers: HeaderLines) => ({ headers, framing: 256 * MiB })],
      ["too large, chunked", 413, (headers: HeaderLines) => ({ headers, framing: "chunked" as const })],
      ["another method", 405, (headers: HeaderLines) => ({ method: "PUT", headers, framing: 256 * MiB })],
    ])("256 MB behind a refusal are not read: %s", async (_name, status, shot) => {
      const app = await boot();
      const good = await genuine();
      const wire = await open(app);
      const reply = wire.reply();
      let answered = false;
      reply.then(
        () => {
          answered = true;
        },
        () => {},
      );
      const { framing } = shot(good.headers);
      await wire.write(renderHead(shot(good.headers)));
      const part = Buffer.alloc(65_536, 120);
      const piece = framing === "chunked" ? Buffer.concat([Buffer.from("10000\r\n"), part, Buffer.from("\r\n")]) : part;
      let sent = 0;
      while (sent < 256 * MiB && !wire.socket.destroyed) {
        await Promise.race([wire.write(piece), wire.closed]);
        sent += piece.length;
      }
      expectBare(await reply, status);
      expect(answered).toBe(true);
      await wire.closed;
      // One without a length is read until it is too long: `limit` for a genuine sender, then `drain`.
      const most = framing !== "chunked" ? 262_144 : status === 413 ? 3.5 * MiB : 2.5 * MiB;
      expect(app.sockets[0]?.bytesRead).toBeLessThan(most);
      expect(app.calls).toHaveLength(0);
    });
  });

  describe("the handler", () => {
    test.each([
      [
        "at once",
        () => {
          throw new Error("handler failed");
        },
      ],
      [
        "later",
        async () => {
          await new Promise((resolve) => setImmediate(resolve));
          throw new Error("handler failed");
        },
      ],
    ])("throws %s: the framework's own error channel gets it, the retry is let in at once", async (_name, fail) => {
      const clock = watchedClock();
      const store = new WatchedStore(clock);
      let failures = 2;
      const app = await boot({
        options: { clock, replay: store.replay },
        handler: () => (failures-- > 0 ? (fail() as never) : { body: "third time" }),
      });
      const good = await genuine();
      expect((await shoot(app.port, good)).status).toBe(500);
      expect((await shoot(app.port, good)).status).toBe(500);
      expect(app.errors.map((error) => (error as Error).message)).toEqual(["handler failed", "handler failed"]);
      expect(await shoot(app.port, good)).toMatchObject({ status: 200, body: "third time" });
      expect(store.asked).toEqual(["claim", "release", "claim", "release", "claim", "commit"]);
      expect((await shoot(app.port, good)).status).toBe(200);
      expect(app.calls).toHaveLength(3);
    });

    test.each([500, 400, 302, 404])("answers %i: the retry is let in at once", async (status) => {
      const clock = watchedClock();
      for (const replay of [new WatchedStore(clock).replay, memoryReplayStore({ clock })]) {
        let times = 0;
        const app = await boot({
          options: { clock, replay },
          handler: () => (times++ < 2 ? { status, body: "no", headers: { location: "/" } } : { status: 202 }),
        });
        const good = await genuine();
        expect((await shoot(app.port, good)).status).toBe(status);
        expect((await shoot(app.port, good)).status).toBe(status);
        expect((await shoot(app.port, good)).status).toBe(202);
        expectBare(await shoot(app.port, good), 200);
        expect(app.calls).toHaveLength(3);
      }
    });

    test("one keep-alive connection: refused, failed, handled, repeated", async () => {
      const clock = watchedClock();
      let times = 0;
      const app = await boot({
        options: { clock, replay: new WatchedStore(clock).replay },
        handler: () => ({ status: times++ === 0 ? 503 : 200, body: "x" }),
      });
      const good = await genuine();
      const wire = await open(app);
      const statuses = [];
      for (const shot of [{ ...good, headers: [] }, good, good, good]) {
        await wire.write(render(shot));
        statuses.push((await wire.reply()).status);
      }
      expect(statuses).toEqual([401, 503, 200, 200]);
      // No timer outlives what it was set for: neither a body's, nor a store's, nor a claim's.
      expect(app.clock.pending).toBeLessThanOrEqual(2); // One that all bodies share, one that all claims share.
      expect(app.calls).toHaveLength(2);
      expect(app.sockets).toHaveLength(1);
    });

    test("is not told of a duplicate, or is, or it is refused, as the user says", async () => {
      const good = await genuine();
      for (const [onDuplicate, status, times] of [
        [undefined, 200, 1],
        ["refuse", 409, 1],
        ["handle", 203, 2],
      ] as const) {
        const clock = watchedClock();
        const app = await boot({
          options: {
            clock,
            replay: memoryReplayStore({ clock }),
            ...(onDuplicate === undefined ? {} : { onDuplicate }),
          },
          handler: (call) => ({ status: call.delivery.duplicate ? 203 : 200 }),
        });
        expect((await shoot(app.port, good)).status).toBe(200);
        expect((await shoot(app.port, good)).status).toBe(status);
        expect(app.calls).toHaveLength(times);
      }
    });

    test("the response ends only after the store has said that it is done", async () => {
      for (const body of ["", "a body"]) {
        for (const [status, operation] of [
          [200, "commit"],
          [500, "release"],
        ] as const) {
          const clock = watchedClock();
          const store = new WatchedStore(clock);
          const app = await boot({ options: { clock, replay: store.replay }, handler: () => ({ status, body }) });
          const openGate = store.gate(operation);
          const asked = store.next(operation);
          const good = await genuine();
          const wire = await open(app);
          let ended = false;
          const reply = wire.reply().finally(() => {
            ended = true;
          });
          await wire.write(render(good));
          await asked;
          // A whole other exchange with the same server: had the answer been sent, it would be here.
          expectBare(await shoot(app.port, good), 503);
          expectBare(await shoot(app.port, { body: "" }), 401);
          expect(ended).toBe(false);
          openGate();
          expect(await reply).toMatchObject({ status, body });
        }
      }
    });

    test("streams: commits at the end, with the whole body sent before", async () => {
      const clock = watchedClock();
      const store = new WatchedStore(clock);
      const go = deferred();
      const app = await boot({
        options: { clock, replay: store.replay },
        handler: () => ({
          stream: (async function* () {
            yield "first ";
            await go.promise;
            yield "second";
          })(),
        }),
      });
      const good = await genuine();
      const wire = await open(app);
      await wire.write(render(good));
      while (!wire.pending) await once(wire.socket, "data");
      expectBare(await shoot(app.port, good), 503);
      expect(store.asked).toEqual(["claim", "claim"]);
      go.resolve();
      expect(await wire.reply()).toMatchObject({ status: 200, body: "first second" });
      expectBare(await shoot(app.port, good), 200);
      expect(store.asked).toEqual(["claim", "claim", "commit", "claim"]);
    });

    test("streams and fails: the client sees a broken answer, the retry is let in", async () => {
      // node-server writes such errors to the console.
      vi.spyOn(console, "error").mockImplementation(() => {});
      const clock = watchedClock();
      const store = new WatchedStore(clock);
      const fail = deferred();
      let times = 0;
      const app = await boot({
        options: { clock, replay: store.replay },
        handler: () =>
          times++ > 0
            ? { body: "again" }
            : {
                stream: (async function* () {
                  yield "first ";
                  await fail.promise;
                  throw new Error("the source failed");
                })(),
              },
      });
      const good = await genuine();
      const wire = await open(app);
      await wire.write(render(good));
      while (!wire.pending) await once(wire.socket, "data");
      const released = store.next("release");
      fail.resolve();
      await expect(wire.reply()).rejects.toThrow();
      await released;
      await new Promise((resolve) => setImmediate(resolve));
      expect(await shoot(app.port, good)).toMatchObject({ status: 200, body: "again" });
    });

    for (const ending of [
      { name: "with a body", plan: { status: 200, body: "done" } },
      { name: "without a body", plan: { status: 204 } },
    ]) {
      test(`goes on when the client hangs up, ${ending.name}: no retry runs beside it`, async () => {
        for (const own of [true, false]) {
          const clock = watchedClock();
          const store = new WatchedStore(clock);
          const started = deferred();
          const work = deferred();
          const app = await boot({
            options: { clock, replay: own ? store.replay : memoryReplayStore({ clock }) },
            handler: async () => {
              started.resolve();
              await work.promise;
              return ending.plan;
            },
          });
          const good = await genuine();
          const wire = await open(app);
          await wire.write(render(good));
          await started.promise;
          const closed = gone(app.sockets[0]);
          wire.destroy();
          await closed;
          expectBare(await shoot(app.port, good), 503);
          expect(codes(app)).toEqual(["in_progress"]);
          // Longer than the lease: the claim is extended while the handler works.
          for (let i = 0; i < 8; i++) await clock.advanceAsync(20_000);
          expectBare(await shoot(app.port, good), 503);
          const committed = own ? store.next("commit") : Promise.resolve();
          work.resolve();
          await committed;
          for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
          expectBare(await shoot(app.port, good), 200);
          expect(app.calls).toHaveLength(1);
        }
      });
    }

    // Where nothing settles by itself, how long to hold on is the user's own business too.
    if (harness.settles) {
      test("never ends, and its client has hung up: its claim was held for an hour, five minutes are enough", async () => {
        const clock = watchedClock();
        const started = deferred();
        const { promise: forever, resolve: end } = deferred();
        let times = 0;
        const app = await boot({
          options: { clock, replay: memoryReplayStore({ clock }), tolerance: "1h" },
          handler: async () => {
            if (times++ > 0) return { status: 200, body: "again" };
            started.resolve();
            await forever;
            return {};
          },
        });
        const good = await genuine();
        const wire = await open(app);
        await wire.write(render(good));
        await started.promise;
        const closed = gone(app.sockets[0]);
        wire.destroy();
        await closed;
        for (let i = 0; i < 14; i++) await clock.advanceAsync(20_000);
        expectBare(await shoot(app.port, good), 503);
        // The last extension lasts for its lease.
        for (let i = 0; i < 5; i++) await clock.advanceAsync(20_000);
        expect(await shoot(app.port, good)).toMatchObject({ status: 200, body: "again" });
        end();
      });
    }

    test("fails after the client has hung up: the retry is let in", async () => {
      const clock = watchedClock();
      const store = new WatchedStore(clock);
      const started = deferred();
      const work = deferred();
      let times = 0;
      const app = await boot({
        options: { clock, replay: store.replay },
        handler: async () => {
          if (times++ > 0) return { body: "retried" };
          started.resolve();
          await work.promise;
          return {};
        },
      });
      const good = await genuine();
      const wire = await open(app);
      await wire.write(render(good));
      await started.promise;
      const closed = gone(app.sockets[0]);
      wire.destroy();
      await closed;
      const released = store.next("release");
      work.reject(new Error("handler failed"));
      await released;
      for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
      expect(await shoot(app.port, good)).toMatchObject({ status: 200, body: "retried" });
    });

    test('settles by itself where the user said settle: "manual"', async () => {
      const clock = watchedClock();
      const store = new WatchedStore(clock);
      const app = await boot({
        options: { clock, replay: store.replay, settle: "manual" },
        handler: () => ({ status: harness.settles ? 202 : 200 }),
      });
      const good = await genuine();
      if (!harness.settles) return;
      expect((await shoot(app.port, good)).status).toBe(202);
      expectBare(await shoot(app.port, good), 503);
      await app.calls[0]?.delivery.release();
      expect((await shoot(app.port, good)).status).toBe(202);
      await app.calls[1]?.delivery.commit();
      expectBare(await shoot(app.port, good), 200);
      expect(app.calls).toHaveLength(2);
    });

    test("is not asked while the store is down", async () => {
      const failures: unknown[] = [];
      const down = () => Promise.reject(new Error("connection refused"));
      const store = defineReplayStore({ claim: down, commit: down, release: down, extend: down });
      const options = { replay: { store, onFailure: (failure: unknown) => void failures.push(failure) } };
      const closed = await boot({ options });
      expectBare(await shoot(closed.port, await genuine()), 503);
      expect(codes(closed)).toEqual(["store_unavailable"]);
      expect(closed.calls).toHaveLength(0);
      const opened = await boot({ options: { ...options, onStoreFailure: "open" } });
      expect((await shoot(opened.port, await genuine())).status).toBe(200);
      expect(failures).toHaveLength(2);
    });

    test("succeeds although the commit fails", async () => {
      const clock = watchedClock();
      const failures: { operation: string }[] = [];
      const memory = memoryReplayStore({ clock });
      const store = {
        ...memory,
        commit: () => Promise.reject(new Error("connection refused")),
        release: () => Promise.reject(new Error("connection refused")),
      };
      const app = await boot({
        options: { clock, replay: { store, onFailure: (failure) => void failures.push(failure) } },
        handler: () => ({ body: "fine" }),
      });
      expect(await shoot(app.port, await genuine())).toMatchObject({ status: 200, body: "fine" });
      expect(failures.map(({ operation }) => operation)).toEqual(["commit"]);
      expect(app.errors).toEqual([]);
    });
  });

  test("forms and raw payloads come as they are asked for", async () => {
    const body = "payload=%7B%22zen%22%3A%22ok%22%7D";
    const type = "application/x-www-form-urlencoded";
    const { headers } = await signedRequest(github, { secret, body, headers: { "content-type": type } });
    const shot = { headers: headerLines(headers), body };
    for (const [payload, expected] of [
      [undefined, { zen: "ok" }],
      ["form", { payload: '{"zen":"ok"}' }],
      ["raw", new Uint8Array(Buffer.from(body))],
    ] as const) {
      const app = await boot({ provider: github, options: payload === undefined ? {} : { payload } });
      expect((await shoot(app.port, shot)).status).toBe(200);
      const seen = app.calls[0]?.delivery.payload;
      expect(seen instanceof Uint8Array ? new Uint8Array(seen) : { ...seen }).toEqual(expected);
      expect(app.calls[0]?.contentType).toBe(type);
    }
  });
}
