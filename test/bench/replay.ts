import { stripeEvent } from "./bodies.ts";
import { compare, signedBytes } from "./http.ts";
import type { Row } from "./measure.ts";

const TARGETS = { express: 0.93, fastify: 0.97, hono: 0.97 } as const;

/** The same route with a memory store and without: every request is a new delivery, which is claimed and committed. */
export async function benchReplay(): Promise<Row[]> {
  const body = stripeEvent();
  const at = body.indexOf("evt_") + 4;
  let count = 0;
  const fresh = () => {
    body.write(String(++count).padStart(14, "0"), at);
    return signedBytes(body);
  };
  const rows: Row[] = [];
  for (const framework of ["express", "fastify", "hono"] as const) {
    rows.push({
      name: `${framework}: with a memory store / without`,
      ...(await compare(framework, "replay", "verified", fresh)),
      target: [">=", TARGETS[framework]],
    });
  }
  return rows;
}
