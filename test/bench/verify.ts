import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto";
import { importPacked } from "../packed/pack.ts";
import { stripeEvent, stripeHeader } from "./bodies.ts";
import { type Row, race } from "./measure.ts";
import { SECRET } from "./server.ts";

/** Verifying and refusing, against the same work done by hand. */
export async function benchVerify(): Promise<Row[]> {
  const { createVerifier, WebhookError } = await importPacked<typeof import("@countersign/core")>("@countersign/core");
  const { stripe } = await importPacked<typeof import("@countersign/core/providers")>("@countersign/core/providers");
  const key = createSecretKey(Buffer.from(SECRET));

  const prepare = (bytes: number) => {
    const body = stripeEvent(bytes);
    const { t, hex, header } = stripeHeader(body, key);
    const headers = { "content-type": "application/json", "stripe-signature": header };
    const floor = () =>
      timingSafeEqual(Buffer.from(hex, "hex"), createHmac("sha256", key).update(`${t}.`).update(body).digest());
    return { body, hex, request: { method: "POST", url: "/", headers, body }, floor };
  };

  const tolerance = "24h"; // The bench may run for minutes; the check is made all the same.
  const raw = createVerifier(stripe, { secret: SECRET, payload: "raw", tolerance });
  const json = createVerifier(stripe, { secret: SECRET, tolerance });
  const largeRaw = createVerifier(stripe, { secret: SECRET, payload: "raw", tolerance, limit: 2_000_000 });
  const small = prepare(1000);
  const large = prepare(1_048_576);

  const head = (header: string) => ({
    method: "POST",
    url: "/",
    headers: { "content-type": "application/json", "stripe-signature": header },
  });
  const malformed = head(`t=17x,v1=${small.hex}`);
  const stale = head(`t=1600000000,v1=${small.hex}`);
  const staleRequest = { ...stale, body: small.body };
  const hostile = head(",".repeat(1_048_576));

  const one = await race({
    floor: small.floor,
    verify: () => raw.verify(small.request),
    floorJson: () => small.floor() && JSON.parse(small.body.toString("utf8")),
    verifyJson: () => json.verify(small.request),
    malformed: () => raw.begin(malformed),
    stale: () => raw.begin(stale),
    hostile: () => raw.begin(hostile),
    thrown: () =>
      raw.verify(staleRequest).catch((error: unknown) => {
        if (!(error instanceof WebhookError)) throw error;
      }),
  });
  const big = await race(
    { floor: large.floor, verify: () => largeRaw.verify(large.request) },
    { rounds: 60, milliseconds: 25 },
  );
  const against = (ours: Parameters<typeof one.cost>[0], theirs: Parameters<typeof one.cost>[0]) => ({
    ...one.ratio(ours, theirs),
    note: `${ns(one.cost(ours))} against ${ns(one.cost(theirs))}`,
  });
  return [
    {
      name: "verify 1 KB raw / createHmac with a prepared key, and timingSafeEqual",
      ...against("verify", "floor"),
      target: ["<=", 0.7],
    },
    {
      name: "verify 1 KB JSON / the same, and JSON.parse",
      ...against("verifyJson", "floorJson"),
      target: ["<=", 0.88],
    },
    {
      name: "verify 1 MB raw / createHmac, and timingSafeEqual",
      ...big.ratio("verify", "floor"),
      note: `${ns(big.cost("verify"))} against ${ns(big.cost("floor"))}`,
      target: ["<=", 1.02],
    },
    { name: "begin() refuses a malformed header / a verify", ...against("malformed", "verify"), target: ["<=", 0.1] },
    { name: "begin() refuses a stale time / a verify", ...against("stale", "verify"), target: ["<=", 0.1] },
    { name: "verify() throws for a stale time / a verify", ...against("thrown", "verify"), target: ["<=", 0.3] },
    {
      name: "begin() refuses a header of 1 MB",
      value: one.cost("hostile") / 1000,
      target: ["<=", 20],
      note: ns(one.cost("hostile")),
      unit: " µs",
    },
  ];
}

export function ns(value: number): string {
  return value >= 1e6 ? `${(value / 1e6).toFixed(2)} ms` : `${Math.round(value).toLocaleString("en")} ns`;
}
