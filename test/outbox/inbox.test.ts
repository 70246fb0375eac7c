import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { allow, createVerifier, defineProvider, guardrail, memoryReplayStore, token } from "@countersign/core";
import { aperture, github, slack, tailscale } from "@countersign/core/providers";
import { webhook as express } from "@countersign/express";
import { webhooks } from "@countersign/fastify";
import { webhook as hono } from "@countersign/hono";
import { type DurableInbox, type ReceivedDelivery, sqliteInbox } from "@countersign/outbox";
import { never, waits } from "@countersign/sender";
import expressApp from "express";
import Fastify from "fastify";
import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { pause, until } from "../replay/until.ts";
import { atEnd, messageOf, STORES, secret, signed } from "./inboxes.ts";

describe.each(Object.entries(STORES))("an inbox in %s", (_name, open) => {
  test("keeps what is proven and answers; a worker hands it on, and a retry of the provider meets a duplicate", async () => {
    const { inbox } = await open();
    const verifier = createVerifier(tailscale, { secret, inbox: inbox.route("ts") });
    const request = await signed("hello");
    const handler = () => {
      throw new Error("A handler is called by a worker alone.");
    };
    expect((await verifier.respond(request, handler)).status).toBe(200);
    expect((await verifier.respond(request, handler)).status).toBe(200);
    expect(await inbox.stats(["ts"])).toMatchObject([{ endpoint: "ts", pending: 1 }]);
    const seen: ReceivedDelivery[] = [];
    const worker = inbox.work("ts", (delivery) => void seen.push(delivery));
    await until("it is handled", async () => (await inbox.stats(["ts"]))[0]?.pending === 0 && seen.length > 0);
    expect((await verifier.respond(request, handler)).status).toBe(200);
    await pause(60);
    await worker.close();
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ provider: "tailscale", attempts: 0, secretIndex: 0 });
    expect(Buffer.from(seen[0]?.body ?? []).toString()).toBe(Buffer.from(request.body).toString());
    expect(seen[0]?.headers["tailscale-webhook-signature"]).toBeDefined();
  });

  test("a method that is to give a delivery back says that there is none", async () => {
    const { inbox } = await open();
    const verifier = createVerifier(tailscale, { secret, inbox: inbox.route("ts") });
    await expect(verifier.verify(await signed("x"))).rejects.toThrow("was kept in the inbox");
  });

  test("refuses what is not proven, and keeps nothing of it", async () => {
    const { inbox } = await open();
    const verifier = createVerifier(tailscale, { secret: "another", inbox: inbox.route("ts"), log: false });
    expect((await verifier.respond(await signed("forged"), () => {})).status).toBe(401);
    expect((await inbox.stats(["ts"]))[0]?.pending ?? 0).toBe(0);
  });

  test("the same delivery that comes to twenty processes at once is kept once", async () => {
    const { inbox, again } = await open();
    const request = await signed("at once");
    const inboxes = [inbox, again(), again()];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => {
        const route = (inboxes[n % 3] as DurableInbox).route("ts");
        return createVerifier(tailscale, { secret, inbox: route }).respond(request, () => {});
      }),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await inbox.stats(["ts"])).toMatchObject([{ pending: 1 }]);
  });

  test("a handler that fails is called again, and at the end the delivery is a dead letter that can be put back", async () => {
    const { inbox } = await open();
    const verifier = createVerifier(tailscale, { secret, inbox: inbox.route("ts") });
    await verifier.respond(await signed("poison"), () => {});
    let failing = true;
    const attempts: number[] = [];
    const failures: unknown[] = [];
    const options = { retry: waits(["10ms", "10ms"]), onFailure: (error: unknown) => void failures.push(error) };
    const worker = inbox.work(
      "ts",
      (delivery) => {
        attempts.push(delivery.attempts);
        if (failing) throw new Error("no such account");
      },
      options,
    );
    await until("it is dead", async () => (await inbox.deadLetters()).letters.length === 1);
    expect(attempts).toEqual([0, 1, 2]);
    expect(failures).toHaveLength(3);
    const [letter] = (await inbox.deadLetters({ route: "ts" })).letters;
    expect(letter).toMatchObject({ route: "ts", attempts: 3, burial: { reason: "exhausted" } });
    expect(letter?.burial.message).toContain("no such account");
    expect(letter?.delivery.provider).toBe("tailscale");
    failing = false;
    expect(await inbox.redrive([letter?.id as string])).toBe(1);
    await until("it is handled", async () => attempts.length === 4);
    await worker.close();
    expect((await inbox.deadLetters()).letters).toEqual([]);
  });

  test("in strict order one that fails holds back those behind it, over all workers", async () => {
    const { inbox, again } = await open();
    const verifier = createVerifier(tailscale, { secret, inbox: inbox.route("ts") });
    for (const message of ["1", "2", "3", "4"]) await verifier.respond(await signed(message), () => {});
    const seen: string[] = [];
    const work = (which: DurableInbox) =>
      which.work(
        "ts",
        (delivery) => {
          seen.push(messageOf(delivery) as string);
          if (seen.length < 3) throw new Error("not yet");
        },
        { order: "fifo", retry: waits(["10ms", "10ms", "10ms"]) },
      );
    const workers = [work(inbox), work(again())];
    await until("all are handled", () => seen.length === 6);
    for (const worker of workers) await worker.close();
    expect(seen).toEqual(["1", "1", "1", "2", "3", "4"]);
  });

  test("a worker that closes tells its handlers to stop, and another begins anew without an attempt", async () => {
    const { inbox, again } = await open();
    const verifier = createVerifier(tailscale, { secret, inbox: inbox.route("ts") });
    await verifier.respond(await signed("long"), () => {});
    let stopped = false;
    const first = inbox.work("ts", async ({ signal }) => {
      await once(signal, "abort");
      stopped = true;
      throw new Error("stopped");
    });
    await until("it works", async () => (await inbox.stats(["ts"]))[0]?.claimed === 1);
    await first.close({ timeout: 0 });
    const attempts: number[] = [];
    const second = again().work("ts", (delivery) => void attempts.push(delivery.attempts));
    await until("another has it", () => attempts.length === 1);
    await second.close();
    expect([stopped, attempts]).toEqual([true, [0]]);
  });

  test("credentials and cookies are not kept, nor what the row calls a credential", async () => {
    const { inbox } = await open();
    const scheme = token({ header: "x-credential" });
    const row = defineProvider<object>({ name: "acme", docs: "https://example.com/docs", scheme });
    const verifier = createVerifier(row, { secret: "a-key-of-acme", key: () => "k", inbox: inbox.route("a") });
    const headers = {
      "x-credential": "a-key-of-acme",
      "x-api-key": "another",
      cookie: "session=1",
      authorization: "Basic x",
      "content-type": "application/json",
    };
    expect((await verifier.respond({ headers, body: "{}" }, () => {})).status).toBe(200);
    const seen: ReceivedDelivery[] = [];
    const worker = inbox.work("a", (delivery) => void seen.push(delivery));
    await until("it is handled", () => seen.length === 1);
    await worker.close();
    expect(seen[0]?.headers).toEqual({ "content-type": "application/json" });
  });

  test("an erased delivery is gone, and its key still known", async () => {
    const { inbox } = await open();
    const verifier = createVerifier(tailscale, { secret, inbox: inbox.route("ts") });
    const request = await signed("private");
    await verifier.respond(request, () => {});
    const worker = inbox.work("ts", () => Promise.reject(new Error("no")), { retry: never() });
    await until("it is dead", async () => (await inbox.deadLetters()).letters.length === 1);
    await worker.close();
    const [letter] = (await inbox.deadLetters()).letters;
    expect(await inbox.erase([letter?.id as string])).toBe(1);
    expect((await inbox.deadLetters()).letters).toEqual([]);
    expect((await verifier.respond(request, () => {})).status).toBe(200);
    expect((await inbox.stats(["ts"]))[0]?.pending ?? 0).toBe(0);
  });

  test.each(["Express", "Fastify", "Hono"] as const)(
    "%s takes it with one option, and calls no handler",
    async (door) => {
      const { inbox } = await open();
      const options = { secret, inbox: inbox.route("ts") };
      const post = await DOORS[door](options);
      expect(await post(await signed("through the door"))).toBe(200);
      expect(await inbox.stats(["ts"])).toMatchObject([{ pending: 1 }]);
    },
  );

  test("an inbox that cannot keep is answered as a store that is down: the provider sends again", async () => {
    const { again } = await open();
    const gone = again();
    const verifier = createVerifier(tailscale, { secret, inbox: gone.route("ts"), log: false });
    await gone.close();
    expect((await verifier.respond(await signed("late"), () => {})).status).toBe(503);
  });
});

type Post = (request: Awaited<ReturnType<typeof signed>>) => Promise<number>;
type Options = { readonly secret: string; readonly inbox: ReturnType<DurableInbox["route"]> };
const unreachable = () => {
  throw new Error("A handler is called by a worker alone.");
};

const DOORS: Record<"Express" | "Fastify" | "Hono", (options: Options) => Promise<Post>> = {
  async Express(options) {
    const app = expressApp();
    app.post("/hook", express(tailscale, options), unreachable);
    const server = app.listen(0, "127.0.0.1");
    await once(server, "listening");
    atEnd(async () => server.close());
    const { port } = server.address() as AddressInfo;
    return async ({ headers, body }) =>
      (await fetch(`http://127.0.0.1:${port}/hook`, { method: "POST", headers, body: Buffer.from(body).toString() }))
        .status;
  },
  async Fastify(options) {
    const app = Fastify();
    await app.register(webhooks);
    app.post("/hook", { config: { webhook: { provider: tailscale, ...options } } }, unreachable);
    atEnd(() => app.close());
    return async ({ headers, body }) =>
      (await app.inject({ method: "POST", url: "/hook", headers, payload: Buffer.from(body) })).statusCode;
  },
  async Hono(options) {
    const app = new Hono();
    app.post("/hook", hono(tailscale, options), unreachable);
    return async ({ headers, body }) =>
      (await app.request("/hook", { method: "POST", headers, body: Buffer.from(body).toString() })).status;
  },
};

describe("set-up", () => {
  const inbox = () => {
    const folder = mkdtempSync(join(tmpdir(), "countersign-inbox-"));
    const opened = sqliteInbox(join(folder, "inbox.db"));
    atEnd(async () => {
      await opened.close();
      rmSync(folder, { recursive: true });
    });
    return opened;
  };

  test.each([
    ["replay", { replay: memoryReplayStore() }],
    ["settle", { settle: "manual" as const }],
    ["onStoreFailure", { onStoreFailure: "open" as const }],
    ["onDuplicate", { onDuplicate: "handle" as const }],
  ])("%s beside inbox is refused", (option, others) => {
    const route = inbox().route("r");
    expect(() => createVerifier(slack, { secret: "s", inbox: route, ...others })).toThrow(
      expect.objectContaining({ name: "ConfigurationError", option }),
    );
  });

  test("a guardrail takes no inbox, and a verifier nothing else for one", () => {
    const options = { secret: "key", inbox: inbox().route("r") };
    expect(() => guardrail(aperture({ event: "pre_request" }), options as never, () => allow())).toThrow(
      "an inbox later",
    );
    expect(() => createVerifier(github, { secret: "s", inbox: {} as never })).toThrow("must be a route of an inbox");
  });

  test("a worker's options are checked", () => {
    const opened = inbox();
    for (const bad of [{ retry: 5 }, { concurrency: 0 }, { order: "lifo" }, { lease: "1ms" }, { tries: 3 }]) {
      expect(() => opened.work("r", () => {}, bad as never)).toThrow(
        expect.objectContaining({ name: "ConfigurationError" }),
      );
    }
    expect(() => opened.work("r", undefined as never)).toThrow("handler must be a function");
  });
});
