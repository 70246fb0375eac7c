import { createHmac } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import { github } from "../providers/index.ts";
import type { Delivery } from "../receive/delivery.ts";
import { defineProvider } from "../scheme/define-provider.ts";
import { fakeClock } from "../testing/index.ts";
import { createVerifier, type Verifier } from "../verifier.ts";
import { memoryReplayStore } from "./memory.ts";
import type { ReplayOption, StoreFailure } from "./options.ts";
import type { ReplayStore } from "./store.ts";

const body = '{"a":1}';
const request = {
  method: "POST",
  headers: { "x-hub-signature-256": `sha256=${createHmac("sha256", "secret").update(body).digest("hex")}` },
  body,
};

function set(store: Partial<ReplayStore> = {}, options: object = {}, replay: object = {}) {
  const clock = fakeClock(1000);
  const memory = memoryReplayStore({ clock });
  const failures: StoreFailure[] = [];
  const full = { ...memory, ...store } as ReplayStore;
  const option = { store: full, lease: "60s", onFailure: (failure: StoreFailure) => failures.push(failure), ...replay };
  const verifier = createVerifier(github, { secret: "secret", clock, replay: option as ReplayOption, ...options });
  return { clock, memory, failures, verifier, verify: () => verifier.verify(request) };
}

const down = () => {
  throw new Error("connection refused");
};

describe("a claim", () => {
  test("busy, then done, then a duplicate", async () => {
    const { verify } = set({}, { onDuplicate: "handle" });
    const first = await verify();
    expect(first).toMatchObject({ duplicate: false, claimed: true });
    await expect(verify()).rejects.toMatchObject({ code: "in_progress", status: 503 });
    expect(await first.commit()).toBe(true);
    expect(await verify()).toMatchObject({ duplicate: true, claimed: false, key: first.key });
  });

  test("a duplicate is thrown to code that does not ask, with the success that its provider must see", async () => {
    const { verify, verifier } = set();
    await (await verify()).commit();
    await expect(verify()).rejects.toMatchObject({ code: "duplicate", status: 200, answer: { status: 200 } });
    await expect(verifier.verifyRequest(new Request("https://example.com", request))).rejects.toMatchObject({
      code: "duplicate",
      status: 200,
    });
  });

  test("a duplicate that is answered as a success is no refusal that anybody is told of", async () => {
    const onReject = vi.fn();
    const { verify } = set({}, { onReject });
    await (await verify()).commit();
    await verify().catch(() => {});
    expect(onReject).not.toHaveBeenCalled();
  });

  test("released lets the retry in", async () => {
    const { verify } = set();
    expect(await (await verify()).release()).toBe(true);
    expect(await verify()).toMatchObject({ duplicate: false });
  });

  test("settles once", async () => {
    const { verify, memory } = set({}, { onDuplicate: "handle" });
    const delivery = await verify();
    expect(await delivery.commit()).toBe(true);
    expect(await delivery.commit()).toBe(false);
    expect(await delivery.release()).toBe(false);
    expect(await delivery.extend()).toBe(false);
    expect(memory.size).toBe(1);
    expect((await verify()).duplicate).toBe(true);
  });

  test("a duplicate can be refused", async () => {
    const { verify } = set({}, { onDuplicate: "refuse" });
    await (await verify()).commit();
    await expect(verify()).rejects.toMatchObject({ code: "duplicate", status: 409 });
  });

  test("is not taken for a request that is not genuine", async () => {
    const { verifier, memory } = set();
    await expect(verifier.verify({ ...request, body: "{}" })).rejects.toMatchObject({ code: "signature_mismatch" });
    await expect(verifier.verify({ ...request, headers: {} })).rejects.toMatchObject({ code: "missing_signature" });
    expect(memory.size).toBe(0);
  });

  test("ends with its lease when nobody settles it", async () => {
    const { verify, clock } = set();
    await verify();
    clock.advance(59_999);
    await expect(verify()).rejects.toMatchObject({ code: "in_progress" });
    clock.advance(1);
    expect(await verify()).toMatchObject({ duplicate: false });
  });

  test("held is extended until it is settled", async () => {
    const { verify, clock } = set({}, { onDuplicate: "handle" });
    const delivery = await verify();
    delivery.hold();
    for (let i = 0; i < 20; i++) await clock.advanceAsync(30_000);
    await expect(verify()).rejects.toMatchObject({ code: "in_progress" });
    expect(await delivery.commit()).toBe(true);
    expect(clock.pending).toBe(1); // All claims share it; it rings once more, for nobody.
    await clock.advanceAsync(60_000);
    expect(clock.pending).toBe(0);
    expect((await verify()).duplicate).toBe(true);
  });

  test("held for ever is let go after sixty leases", async () => {
    const { verify, clock } = set({}, {}, { lease: "1s" });
    (await verify()).hold();
    await clock.advanceAsync(59_000);
    await expect(verify()).rejects.toMatchObject({ code: "in_progress" });
    await clock.advanceAsync(3_000);
    expect(clock.pending).toBe(0);
    expect(await verify()).toMatchObject({ duplicate: false });
  });

  test("lost meanwhile is told when it is committed", async () => {
    const { verify, clock, failures } = set();
    const first = await verify();
    clock.advance(60_000);
    const second = await verify();
    expect(await first.commit()).toBe(false);
    expect(failures).toEqual([{ operation: "commit", reason: "lost", key: first.key }]);
    expect(await second.commit()).toBe(true);
  });
});

describe.each([
  ["throws", down],
  ["rejects", async () => down()],
  ["answers nothing", () => undefined],
  ["answers something else", () => "OK"],
])("a store that %s when it is asked for a claim", (_, claim) => {
  test("fails closed", async () => {
    const { verify } = set({ claim: claim as never });
    await expect(verify()).rejects.toMatchObject({ code: "store_unavailable", status: 503 });
  });

  test("or open where that was asked for, without a claim", async () => {
    const { verify } = set({ claim: claim as never }, { onStoreFailure: "open" });
    const delivery = await verify();
    expect(delivery).toMatchObject({ duplicate: false, claimed: false });
    expect(await delivery.commit()).toBe(true);
  });
});

describe("a store that fails", () => {
  test("is reported with its cause and a hashed key, and no listener changes the answer", async () => {
    const { verify, failures } = set({ claim: down });
    await verify().catch(() => {});
    expect(failures).toMatchObject([
      { operation: "claim", reason: "failed", cause: { message: "connection refused" } },
    ]);
    expect(failures[0]?.key).toMatch(/^github:c:[\w-]{43}$/);
    for (const onFailure of [down, async () => down()]) {
      await expect(set({ claim: down }, {}, { onFailure }).verify()).rejects.toMatchObject({
        code: "store_unavailable",
      });
    }
  });

  test("when it is full", async () => {
    const { verify, failures } = set({ claim: () => "full" });
    await expect(verify()).rejects.toMatchObject({
      code: "store_unavailable",
      message: expect.stringMatching(/full of live keys/),
    });
    expect(failures).toMatchObject([{ operation: "claim", reason: "full" }]);
  });

  test.each(["commit", "release", "extend"] as const)("in %s answers false and is reported", async (operation) => {
    for (const fail of [down, async () => down()]) {
      const { verify, failures } = set({ [operation]: fail });
      const delivery = await verify();
      expect(await delivery[operation]()).toBe(false);
      expect(failures).toMatchObject([{ operation, reason: "failed" }]);
    }
  });

  test("too late is not waited for, and a claim that comes after all is given back", async () => {
    const slow = deferred<"new">();
    const release = vi.fn(() => true);
    const { verify, clock, failures } = set({ claim: slow.ask, release }, {}, { wait: "2s" });
    const outcome = expect(verify()).rejects.toMatchObject({ code: "store_unavailable" });
    await slow.asked;
    await clock.advanceAsync(2000);
    await outcome;
    expect(failures).toMatchObject([{ operation: "claim", reason: "timeout" }]);
    expect(release).not.toHaveBeenCalled();
    slow.resolve("new");
    await clock.advanceAsync(0);
    expect(release).toHaveBeenCalledTimes(1);
    expect(clock.pending).toBe(0);
  });

  test("too late with somebody else's claim gives nothing back", async () => {
    const slow = deferred<"busy">();
    const release = vi.fn(() => true);
    const { verify, clock } = set({ claim: slow.ask, release });
    const outcome = verify().catch((error) => error.code);
    await slow.asked;
    await clock.advanceAsync(2000);
    slow.resolve("busy");
    await clock.advanceAsync(0);
    expect(await outcome).toBe("store_unavailable");
    expect(release).not.toHaveBeenCalled();
  });

  test("too late and then rejecting is not an unhandled rejection", async () => {
    const slow = deferred<"new">();
    const { verify, clock } = set({ claim: slow.ask });
    const outcome = verify().catch((error) => error.code);
    await slow.asked;
    await clock.advanceAsync(2000);
    slow.reject(new Error("late"));
    await clock.advanceAsync(0);
    expect(await outcome).toBe("store_unavailable");
  });

  test("in time leaves no timer behind", async () => {
    const { verify, clock } = set({ claim: async () => "new" as const });
    await clock.advanceAsync(0);
    await verify();
    expect(clock.pending).toBe(0);
  });
});

describe("the replay key", () => {
  const keyOf = async (verifier: Verifier<any>) => ((await verifier.verify(request)) as Delivery).key;
  const make = (options: object, replay: object = {}) => set({}, options, replay).verifier;

  test("is a digest of the signed content, not of the signature", async () => {
    const rotated = createHmac("sha256", "new").update(body).digest("hex");
    const verifier = make({ secret: ["secret", "new"], onDuplicate: "handle" });
    await (await verifier.verify(request)).commit();
    const again = await verifier.verify({ ...request, headers: { "x-hub-signature-256": `sha256=${rotated}` } });
    expect(again).toMatchObject({ duplicate: true, secretIndex: 1 });
  });

  test("is not told apart by the case of a signature or by unsigned headers", async () => {
    const verifier = make({ onDuplicate: "handle" });
    await (await verifier.verify(request)).commit();
    const headers = {
      "x-hub-signature-256": request.headers["x-hub-signature-256"].replace(/(?<==).*/, (hex) => hex.toUpperCase()),
      "x-github-delivery": "another",
    };
    expect((await verifier.verify({ ...request, headers })).duplicate).toBe(true);
  });

  test("is the user's own, as the delivery shows it", async () => {
    const key = ({ payload }: { payload: { a: number } }) => `a:${payload.a}`;
    expect(await keyOf(make({ key }))).toBe("a:1");
    expect(await keyOf(make({ key: { from: key } }))).toBe("a:1");
  });

  test.each([undefined, "", null])(
    "of %j is none: the content's digest, or a refusal where it must be there",
    async (value) => {
      const from = () => value as never;
      expect(await keyOf(make({ key: from }))).toMatch(/^github:c:/);
      await expect(make({ key: { from, missing: "refuse" } }).verify(request)).rejects.toMatchObject({
        code: "missing_key",
        status: 422,
      });
    },
  );

  test.each([
    [5, "5"],
    [12345678901234567890n, "12345678901234567890"],
    ["a", "a"],
  ])("of %s is text", async (value, text) => {
    expect(await keyOf(make({ key: () => value }))).toBe(text);
    expect(await keyOf(make({ key: async () => value }))).toBe(text);
    expect(await keyOf(make({ key: { from: async () => value, missing: "refuse" } }))).toBe(text);
  });

  test.each([{}, [], true, 1.5, Number.NaN, 2 ** 53, Symbol("x"), () => "a"])(
    "of %o is a mistake of set-up and never silently no key",
    async (value) => {
      const verifier = make({ key: () => value as never });
      await expect(verifier.verify(request)).rejects.toMatchObject({ code: "misconfigured", status: 500 });
    },
  );

  test("a namespace may be a promise, and is waited for; what is no text is a mistake of set-up", async () => {
    const seen: string[] = [];
    const claim = (key: string) => {
      seen.push(key);
      return "new" as const;
    };
    await set({ claim }, {}, { namespace: async () => "a" }).verify();
    await set({ claim }, {}, { namespace: () => "a" }).verify();
    expect(seen[0]).toBe(seen[1]);
    await expect(make({}, { namespace: async () => 5 }).verify(request)).rejects.toMatchObject({
      code: "misconfigured",
    });
    await expect(make({}, { namespace: async () => down() }).verify(request)).rejects.toMatchObject({
      code: "store_unavailable",
    });
  });

  test("whose function throws, or whose namespace does, is a refusal and not an error of ours", async () => {
    await expect(make({ key: down }).verify(request)).rejects.toMatchObject({
      code: "store_unavailable",
      cause: { message: "connection refused" },
    });
    await expect(make({}, { namespace: down }).verify(request)).rejects.toMatchObject({ code: "store_unavailable" });
  });

  test("is parted by namespaces", async () => {
    const seen: string[] = [];
    const claim = (key: string) => {
      seen.push(key);
      return "new" as const;
    };
    for (const namespace of ["", "a", "b", () => "a", (head: { url?: string }) => head.url ?? ""]) {
      await set({ claim }, {}, { namespace }).verifier.verify({ ...request, url: "b" });
    }
    expect(new Set(seen).size).toBe(3);
    expect(seen[1]).toBe(seen[3]);
    expect(seen[2]).toBe(seen[4]);
    for (const key of seen) expect(key).toMatch(/^[\x21-\x7e]{1,200}$/);
  });

  test("comes from before the schema, which may drop it", async () => {
    const provider = defineProvider({ ...github, key: (payload: any) => payload.a && String(payload.a) });
    const schema = { "~standard": { version: 1 as const, vendor: "x", validate: () => ({ value: "nothing left" }) } };
    const { clock } = set();
    const verifier = createVerifier(provider, {
      secret: "secret",
      schema,
      replay: memoryReplayStore({ clock }),
      clock,
    });
    expect(await verifier.verify(request)).toMatchObject({ payload: "nothing left", key: "1" });
  });
});

/** A store's answer that comes when it is told to. `asked` settles when somebody waits for it. */
function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (cause: unknown) => void;
  let heard!: () => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  const asked = new Promise<void>((done) => {
    heard = done;
  });
  const ask = () => {
    heard();
    return promise;
  };
  return { ask, asked, resolve, reject };
}

describe("two endpoints of one provider on one store", () => {
  const replay = memoryReplayStore();
  const make = (secret: string | string[], namespace?: string) =>
    createVerifier(github, { secret, replay: namespace === undefined ? replay : { store: replay, namespace } });

  test("are refused at set-up: the second would answer 200 for events that it has not seen", () => {
    make("billing");
    expect(() => make("audit")).toThrow(expect.objectContaining({ option: "replay.namespace" }));
    expect(() => make("audit", "audit")).not.toThrow();
    expect(() => make("billing", "audit")).toThrow(expect.objectContaining({ option: "replay.namespace" }));
  });

  test("that share a secret are one endpoint: a rotation, a hot reload, a second process's twin", () => {
    expect(() => make("billing")).not.toThrow();
    expect(() => make(["new", "billing"])).not.toThrow();
    expect(() => make("new")).not.toThrow();
  });
});
