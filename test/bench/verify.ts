import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto";
import Stripe from "stripe";
import { importPacked } from "../packed/pack.ts";
import { type Row, time } from "./measure.ts";
import { SECRET } from "./server.ts";

/** A JSON body of about this size, of the kind that providers send. */
export function jsonBody(bytes: number): Buffer {
  const events: unknown[] = [];
  let size = 2;
  for (let i = 0; size < bytes; i++) {
    const event = {
      id: `evt_${i}`,
      type: "nodeCreated",
      tailnet: "example.com",
      message: `Node ${i} created`,
      data: { actor: "alice@example.com", n: i },
    };
    size += JSON.stringify(event).length + 1;
    events.push(event);
  }
  return Buffer.from(JSON.stringify(events));
}

export async function benchVerify(): Promise<Row[]> {
  const { createVerifier, WebhookError } = await importPacked<typeof import("@countersign/core")>("@countersign/core");
  const { stripe } = await importPacked<typeof import("@countersign/core/providers")>("@countersign/core/providers");
  const key = createSecretKey(Buffer.from(SECRET));
  const sdk = new Stripe("sk_test_unused");

  const prepare = (bytes: number) => {
    const body = jsonBody(bytes);
    const t = String(Math.floor(Date.now() / 1000));
    const hex = createHmac("sha256", key).update(`${t}.`).update(body).digest("hex");
    const header = `t=${t},v1=${hex}`;
    const request = {
      method: "POST",
      url: "/",
      headers: { "content-type": "application/json", "stripe-signature": header },
      body,
    };
    const floor = () =>
      timingSafeEqual(Buffer.from(hex, "hex"), createHmac("sha256", key).update(`${t}.`).update(body).digest());
    return { body, t, hex, header, request, floor };
  };

  const tolerance = "24h"; // The bench may run for minutes; the check is made all the same.
  const raw = createVerifier(stripe, { secret: SECRET, payload: "raw", tolerance });
  const json = createVerifier(stripe, { secret: SECRET, tolerance });
  const small = prepare(1000);
  const large = prepare(1_048_576 - 100);
  const largeRaw = createVerifier(stripe, { secret: SECRET, payload: "raw", tolerance, limit: 2_000_000 });

  const rows: Row[] = [];
  const [floor, verify, floorJson, verifyJson, stripeJson] = (await time([
    small.floor,
    () => raw.verify(small.request),
    () => small.floor() && JSON.parse(small.body.toString("utf8")),
    () => json.verify(small.request),
    () => sdk.webhooks.constructEvent(small.body, small.header, SECRET, 86_400),
  ])) as [number, number, number, number, number];
  rows.push({
    name: "verify 1 KB raw / createHmac floor",
    value: verify / floor,
    target: ["<=", 0.75],
    note: `${ns(verify)} against ${ns(floor)}`,
  });
  rows.push({
    name: "verify 1 KB JSON / floor + JSON.parse",
    value: verifyJson / floorJson,
    target: ["<=", 0.9],
    note: `${ns(verifyJson)} against ${ns(floorJson)}`,
  });
  rows.push({
    name: "stripe constructEvent / verify, 1 KB JSON",
    value: stripeJson / verifyJson,
    target: [">=", 2],
    note: `${ns(stripeJson)} against ${ns(verifyJson)}`,
  });

  const [floorLarge, verifyLarge] = (await time([large.floor, () => largeRaw.verify(large.request)], {
    milliseconds: 120,
  })) as [number, number];
  rows.push({
    name: "verify 1 MB raw / createHmac floor",
    value: verifyLarge / floorLarge,
    target: ["<=", 1.02],
    note: `${ns(verifyLarge)} against ${ns(floorLarge)}`,
  });

  const head = (header: string) => ({
    method: "POST",
    url: "/",
    headers: { "content-type": "application/json", "stripe-signature": header },
  });
  const malformed = head(`t=17x,v1=${small.hex}`);
  const stale = head(`t=1600000000,v1=${small.hex}`);
  const staleRequest = { ...stale, body: small.body };
  const hostile = head(",".repeat(1_048_576));
  const thrown = () =>
    raw.verify(staleRequest).catch((error: unknown) => {
      if (!(error instanceof WebhookError)) throw error;
    });
  const [again, beganMalformed, beganStale, threw, refusedHostile] = (await time([
    () => raw.verify(small.request),
    () => raw.begin(malformed),
    () => raw.begin(stale),
    thrown,
    () => raw.begin(hostile),
  ])) as [number, number, number, number, number];
  rows.push({
    name: "begin() refuses malformed / a verify",
    value: beganMalformed / again,
    target: ["<=", 0.1],
    note: ns(beganMalformed),
  });
  rows.push({
    name: "begin() refuses stale / a verify",
    value: beganStale / again,
    target: ["<=", 0.1],
    note: ns(beganStale),
  });
  rows.push({ name: "verify() throws stale / a verify", value: threw / again, target: ["<=", 0.25], note: ns(threw) });
  rows.push({
    name: "begin() refuses a header of 1 MB",
    value: refusedHostile / 1000,
    target: ["<=", 20],
    note: ns(refusedHostile),
    unit: "µs",
  });
  return rows;
}

export function ns(value: number): string {
  return value >= 1e6 ? `${(value / 1e6).toFixed(2)} ms` : `${Math.round(value).toLocaleString("en")} ns`;
}
