/** What one more costs when there are many: per item at n and at 10 n. A cost that grows faster than the work is a defect. */
import { importPacked } from "../packed/pack.ts";
import { cost, type Growing } from "./growing.ts";
import { senderGrowth } from "./growth-sender.ts";
import { median, type Row } from "./measure.ts";

export async function benchGrowth(): Promise<Row[]> {
  const core = await importPacked<typeof import("@countersign/core")>("@countersign/core");
  const { stripe } = await importPacked<typeof import("@countersign/core/providers")>("@countersign/core/providers");
  const { createVerifier, memoryReplayStore, sign } = core;
  const clock = { now: () => Date.now(), setTimeout, clearTimeout } as never;

  const growing: Growing[] = [
    {
      name: "memory replay store: a claim and its commit, with n keys",
      n: 20_000,
      async prepare(count) {
        const store = memoryReplayStore({ max: 10_000_000, clock });
        for (let i = 0; i < count; i++) await store.commit(`k${i}`, "t", 3_600_000);
        const twin = (i: number) => ({ key: `{x}c${i}`, ttl: 3_600_000 });
        return {
          steps: 5_000,
          step: (i) => {
            store.claim(`{x}k${i}`, "t", 60_000, twin(i));
            return store.commit(`{x}k${i}`, "t", 3_600_000, twin(i));
          },
        };
      },
    },
    {
      name: "memory replay store that is full: a claim that is refused, with n keys",
      n: 20_000,
      async prepare(count) {
        const store = memoryReplayStore({ max: count, clock });
        for (let i = 0; i < count; i++) await store.commit(`k${i}`, "t", 3_600_000 + (i % 7));
        return { steps: 20_000, step: (i) => store.claim(`new${i}`, "t", 60_000) };
      },
    },
    {
      name: "n tenants, each with a secret of its own that is looked up",
      n: 1_000,
      async prepare(count) {
        const verifier = createVerifier(stripe, {
          secret: (request) => `whsec_tenant_${(request.url ?? "").slice(1)}`,
          tolerance: "24h",
        });
        const body = '{"id":"evt_1","object":"event","type":"invoice.paid"}';
        const requests = await Promise.all(
          Array.from({ length: Math.min(count, 2_000) }, async (_, i) => ({
            method: "POST",
            url: `/${i * (count / Math.min(count, 2_000))}`,
            headers: await sign(stripe, {
              secret: `whsec_tenant_${i * (count / Math.min(count, 2_000))}`,
              body,
            }),
            body,
          })),
        );
        return { steps: requests.length, step: (i) => verifier.verify(requests[i] as (typeof requests)[0]) };
      },
    },
  ];

  growing.push(...(await senderGrowth()));
  const rows: Row[] = [];
  for (const { name, n, prepare } of growing) {
    const ratios: number[] = [];
    const last = { few: 0, many: 0 };
    for (let round = 0; round < 5; round++) {
      last.few = await cost(await prepare(n));
      last.many = await cost(await prepare(10 * n));
      ratios.push(last.many / last.few);
    }
    rows.push({
      name: `10 n / n: ${name}`,
      value: median(ratios),
      spread: [Math.min(...ratios), Math.max(...ratios)],
      target: ["<=", 2],
      note: `n = ${n.toLocaleString("en")}; ${Math.round(last.many).toLocaleString("en")} against ${Math.round(last.few).toLocaleString("en")} ns an item`,
    });
  }
  return rows;
}
