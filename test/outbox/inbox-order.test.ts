import { createVerifier } from "@countersign/core";
import { tailscale } from "@countersign/core/providers";
import type { DurableInbox } from "@countersign/outbox";
import { never, waits } from "@countersign/sender";
import { describe, expect, test } from "vitest";
import { pause, until } from "../replay/until.ts";
import { atEnd, messageOf, STORES, secret, signed } from "./inboxes.ts";
import { randomFrom } from "./random.ts";

/** `a-1` is the first of the key `a`. */
const keyOf = (message: string) => message.split("-")[0] as string;

function receiver(inbox: DurableInbox) {
  const route = inbox.route("ts", { orderBy: (delivery) => keyOf(messageOf(delivery)) });
  const verifier = createVerifier(tailscale, { secret, inbox: route, log: false });
  return async (message: string) => (await verifier.respond(await signed(message), () => {})).status;
}

describe.each(Object.entries(STORES))("deliveries with an ordering key in %s", (_name, open) => {
  test("are handled one after the other within a key, over two connections, and side by side over keys", async () => {
    const { inbox, again } = await open();
    const other = again();
    const post = [receiver(inbox), receiver(other)];
    const random = randomFrom(1_784_000_011);
    const keys = ["a", "b", "c", "d", "e"];
    const busy = new Set<string>();
    const seen: string[] = [];
    let together = 0;
    const handler = async (delivery: Parameters<typeof messageOf>[0]) => {
      const message = messageOf(delivery);
      if (busy.has(keyOf(message))) throw new Error("two of one key at once");
      busy.add(keyOf(message));
      together = Math.max(together, busy.size);
      await pause(random() * 10);
      busy.delete(keyOf(message));
      if (random() < 0.2) throw new Error("not yet");
      seen.push(message);
    };
    const options = { retry: waits(Array(50).fill("5ms")), concurrency: 4 };
    const workers = [inbox.work("ts", handler, options), other.work("ts", handler, options)];
    // Each key has one sender, as order between two senders means nothing; they go on while the workers work.
    await Promise.all(
      keys.map(async (key, line) => {
        for (let n = 1; n <= 12; n += 1) expect(await post[(line + n) % 2]?.(`${key}-${n}`)).toBe(200);
      }),
    );
    await until("all are handled", () => seen.length === 60);
    for (const worker of workers) await worker.close();
    for (const key of keys) {
      const expected = Array.from({ length: 12 }, (_, n) => `${key}-${n + 1}`);
      expect(seen.filter((message) => keyOf(message) === key)).toEqual(expected);
    }
    expect(together).toBeGreaterThan(1);
  });

  test("a dead letter holds its key back until it is redriven, and goes before those behind it; other keys go on", async () => {
    const { inbox } = await open();
    const post = receiver(inbox);
    for (const message of ["a-1", "a-2", "b-1", "a-3", "b-2"]) await post(message);
    let mended = false;
    const seen: string[] = [];
    const handler = (delivery: Parameters<typeof messageOf>[0]) => {
      if (messageOf(delivery) === "a-1" && !mended) throw new Error("poison");
      seen.push(messageOf(delivery));
    };
    const worker = inbox.work("ts", handler, { retry: never() });
    atEnd(() => worker.close());
    await until("a-1 is dead", async () => (await inbox.deadLetters()).letters.length === 1);
    await until("b is done", () => seen.length === 2);
    await post("a-4");
    await pause(60);
    expect(seen).toEqual(["b-1", "b-2"]);
    mended = true;
    const [letter] = (await inbox.deadLetters()).letters;
    expect(await inbox.redrive([letter?.id as string])).toBe(1);
    await until("a goes on", () => seen.length === 6);
    expect(seen).toEqual(["b-1", "b-2", "a-1", "a-2", "a-3", "a-4"]);
  });

  test("an erased dead letter lets its key go on", async () => {
    const { inbox } = await open();
    const post = receiver(inbox);
    for (const message of ["a-1", "a-2"]) await post(message);
    const seen: string[] = [];
    const handler = (delivery: Parameters<typeof messageOf>[0]) => {
      if (messageOf(delivery) === "a-1") throw new Error("poison");
      seen.push(messageOf(delivery));
    };
    const worker = inbox.work("ts", handler, { retry: never() });
    atEnd(() => worker.close());
    await until("a-1 is dead", async () => (await inbox.deadLetters()).letters.length === 1);
    const [letter] = (await inbox.deadLetters()).letters;
    expect(await inbox.erase([letter?.id as string])).toBe(1);
    await until("a goes on", () => seen.length === 1);
    expect(seen).toEqual(["a-2"]);
  });

  test("10,000 that wait behind one that fails do not slow another key's", async () => {
    const { inbox, sql } = await open();
    const post = receiver(inbox);
    await post("a-1");
    const worker = inbox.work("ts", () => Promise.reject(new Error("poison")), { retry: never() });
    await until("a-1 is dead", async () => (await inbox.deadLetters()).letters.length === 1);
    await worker.close();
    await post("a-2");
    const [held] = await sql("SELECT max(id) AS id FROM countersign_inbox_item");
    const columns = "endpoint, generation, name, digest, event, state, due, enqueued, attempts, token, ordering";
    await sql(
      `WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 10000)
       INSERT INTO countersign_inbox_item (id, place, ${columns})
       SELECT 1000000 + n, 1000000 + n, ${columns} FROM countersign_inbox_item, n WHERE id = ${held?.["id"]}`,
    );
    await post("b-1");
    const seen: string[] = [];
    const began = performance.now();
    const next = inbox.work("ts", (delivery) => void seen.push(messageOf(delivery)));
    atEnd(() => next.close());
    await until("b-1 is handled", () => seen.length === 1);
    expect(seen).toEqual(["b-1"]);
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  test("a key that cannot be read is a delivery that is not kept: the provider sends again", async () => {
    const { inbox } = await open();
    const broken = inbox.route("ts", { orderBy: () => ({}) as never });
    const verifier = createVerifier(tailscale, { secret, inbox: broken, log: false });
    expect((await verifier.respond(await signed("a-1"), () => {})).status).toBe(503);
    expect((await inbox.stats(["ts"]))[0]?.pending ?? 0).toBe(0);
    expect(() => inbox.route("ts", { orderBy: "account" } as never)).toThrow(
      expect.objectContaining({ name: "ConfigurationError", option: "route.orderBy" }),
    );
  });
});
