import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Answer } from "../errors/errors.ts";
import type { RequestHead } from "../head/head.ts";
import { hmac } from "../kind/hmac.ts";
import { github, stripe } from "../providers/index.ts";
import { memoryReplayStore } from "../replay/memory.ts";
import { body, method, timestamp } from "../scheme/content.ts";
import { defineProvider } from "../scheme/define-provider.ts";
import type { Provider } from "../scheme/provider.ts";
import { fakeClock } from "../testing/index.ts";
import { createVerifier } from "../verifier.ts";
import { Delivery } from "./delivery.ts";
import { Incoming } from "./incoming.ts";
import { Refusal } from "./refusal.ts";

const NOW = 1_784_000_000_000;
const SECRETS = ["old-secret", "other-secret", "right-secret"];
const bytes = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 131 + (i >> 8)) & 255);

/** Something on both sides of the body, and another hash. */
const around = defineProvider({
  name: "around",
  docs: "https://example.com",
  scheme: hmac({
    digest: "sha512",
    encoding: "base64",
    signature: { header: "x-sig" },
    timestamp: { header: "x-time", unit: "ms", tolerance: "5m" },
    content: [method, " ", timestamp, "\n", body, "\n", timestamp, "end"],
  }),
});

const ROWS: readonly [
  provider: Provider<any>,
  sign: (content: Uint8Array, secret: string) => Record<string, string>,
][] = [
  [
    github,
    (content, secret) => ({ "x-hub-signature-256": `sha256=${mac("sha256", secret, content).toString("hex")}` }),
  ],
  [
    stripe,
    (content, secret) => ({
      "stripe-signature": `t=${NOW / 1000},v1=${mac("sha256", secret, `${NOW / 1000}.`, content).toString("hex")}`,
    }),
  ],
  [
    around,
    (content, secret) => ({
      "x-time": String(NOW),
      "x-sig": mac("sha512", secret, `POST ${NOW}\n`, content, `\n${NOW}end`).toString("base64"),
    }),
  ],
];

describe.each(ROWS.map(([provider, sign]) => ({ name: provider.name, provider, sign })))(
  "$name, a body in pieces",
  ({ provider, sign }) => {
    const clock = fakeClock(NOW);
    const options = { secret: SECRETS, payload: "raw", clock, limit: 200_000 } as const;
    const plain = createVerifier(provider, options);

    const sizes = [0, 1, 2, 100, 16_383, 16_384, 16_385, 16_384 + 128, 32_768, 70_000, 140_000];
    const cuts = [1, 7, 8192, 16_383, 16_384, 16_385, 65_536];
    const cases = sizes.flatMap((size) => cuts.filter((cut) => size / cut <= 300).map((cut) => [size, cut] as const));

    test.each(cases)("%d bytes in pieces of %d", async (size, cut) => {
      const content = bytes(size);
      const headers = sign(content, "right-secret");
      for (const verifier of [plain, createVerifier(provider, { ...options, replay: memoryReplayStore({ clock }) })]) {
        const delivery = await feed(verifier, { headers }, content, cut);
        expect(delivery).toBeInstanceOf(Delivery);
        expect(Buffer.compare((delivery as Delivery).body, content)).toBe(0);
        expect((delivery as Delivery).secretIndex).toBe(2);
      }
    });

    test.each(cases)("%d bytes in pieces of %d, the last bit flipped", async (size, cut) => {
      const content = bytes(size);
      const headers = sign(content, "right-secret");
      const forged = size === 0 ? Uint8Array.of(0) : content.slice();
      forged[forged.length - 1] = (forged.at(-1) as number) ^ 1;
      expect(await feed(plain, { headers }, forged, cut)).toMatchObject({ code: "signature_mismatch", proven: false });
    });

    test("the replay key is the same however the body comes", async () => {
      const content = bytes(40_000);
      const headers = sign(content, "right-secret");
      const keys = new Set<string | undefined>();
      for (const cut of [1000, 16_384, 40_000]) {
        const verifier = createVerifier(provider, { ...options, replay: memoryReplayStore({ clock }) });
        const fed = (await feed(verifier, { headers }, content, cut)) as Delivery;
        keys.add(fed.key);
        await fed.release();
        keys.add((await verifier.verify({ method: "POST", headers, body: content })).key);
      }
      expect(keys.size).toBe(1);
    });
  },
);

describe("a body that does not fit its head", () => {
  const verifier = createVerifier(github, { secret: "right-secret", payload: "raw", limit: 20_000 });
  const content = bytes(100);
  const signature = { "x-hub-signature-256": `sha256=${mac("sha256", "right-secret", content).toString("hex")}` };
  const begin = (headers: Record<string, string>) =>
    verifier.begin({ method: "POST", headers: { ...signature, ...headers } });

  test("declared larger than the limit is refused before a byte", () => {
    expect(begin({ "content-length": "20001" })).toMatchObject({ code: "body_too_large", status: 413 });
    expect(begin({ "content-length": "20000" })).toBeInstanceOf(Incoming);
  });

  test.each(["", "-1", "+5", "1.5", "0x10", "1e3", "12 ", "9".repeat(16), "5, 5"])(
    "content-length %j is refused",
    (length) => {
      expect(begin({ "content-length": length })).toMatchObject({ code: "body_incomplete", status: 400 });
    },
  );

  test("undeclared and too large is refused by the byte that is too many", () => {
    const incoming = begin({}) as Incoming;
    expect(incoming.update(bytes(20_000))).toBeUndefined();
    expect(incoming.update(new Uint8Array(0))).toBeUndefined();
    expect(incoming.update(bytes(1))).toMatchObject({ code: "body_too_large" });
  });

  test("shorter than declared is refused", async () => {
    const incoming = begin({ "content-length": "101" }) as Incoming;
    incoming.update(content);
    expect(await incoming.finish()).toMatchObject({ code: "body_incomplete" });
  });

  test("longer than declared is refused at once", () => {
    const incoming = begin({ "content-length": "99" }) as Incoming;
    expect(incoming.update(content)).toMatchObject({ code: "body_incomplete" });
  });

  test("as long as declared is taken", async () => {
    const incoming = begin({ "content-length": "100" }) as Incoming;
    expect(incoming.declaredLength).toBe(100);
    incoming.update(content.subarray(0, 40));
    incoming.update(content.subarray(40));
    expect(await incoming.finish()).toBeInstanceOf(Delivery);
  });

  test("given whole and too large is refused", async () => {
    const incoming = begin({}) as Incoming;
    expect(await incoming.finishWith(bytes(20_001))).toMatchObject({ code: "body_too_large" });
  });

  test("dropped half-way has claimed nothing", () => {
    const replay = memoryReplayStore();
    const guarded = createVerifier(github, { secret: "right-secret", payload: "raw", replay });
    (guarded.begin({ method: "POST", headers: signature }) as Incoming).update(content);
    expect(replay.size).toBe(0);
  });
});

async function feed(
  verifier: { begin(head: RequestHead): unknown },
  head: RequestHead,
  content: Uint8Array,
  cut: number,
): Promise<Delivery | Answer> {
  const incoming = await verifier.begin({ method: "POST", ...head });
  if (!(incoming instanceof Incoming)) return incoming as Answer;
  for (let start = 0; start < content.length; start += cut) {
    const refusal = incoming.update(content.slice(start, start + cut));
    if (refusal instanceof Refusal) return refusal;
  }
  return incoming.finish();
}

function mac(digest: string, secret: string, ...parts: (string | Uint8Array)[]): Buffer {
  const running = createHmac(digest, secret);
  for (const part of parts) running.update(part);
  return running.digest();
}
