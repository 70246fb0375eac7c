import { compare, signedBytes } from "./http.ts";
import type { Row } from "./measure.ts";
import { jsonBody } from "./verify.ts";

/** The same Express route with a memory store and without: every request is a new delivery, which is claimed and committed. */
export async function benchReplay(): Promise<Row[]> {
  const body = jsonBody(1000);
  const at = body.indexOf("Node 0 created");
  let count = 0;
  const fresh = () => {
    body.write(String(++count).padStart(14, "0"), at);
    return signedBytes(body);
  };
  // Three hundredths are less than the rounds of a machine that others use too differ: more of them than elsewhere.
  const { ratio, note } = await compare("express", "replay", "verified", fresh, 40);
  return [{ name: "express: with a memory store / without", value: ratio, target: [">=", 0.97], note }];
}
