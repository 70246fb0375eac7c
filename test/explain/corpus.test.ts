import { readFileSync } from "node:fs";
import { defineProvider, explain } from "@countersign/core";
import { describe, expect, test } from "vitest";
import { available, DATABASE_URL } from "../replay/services.ts";
import { type Case, NOW } from "./case.ts";
import { first } from "./first/index.ts";
import { held } from "./held/index.ts";
import { later } from "./later/index.ts";
import { figures, judge, type Result } from "./measure.ts";
import { find } from "./programs.ts";

const corpora: Readonly<Record<string, readonly Case[]>> = { first, later, held };
/** As the page calls them. */
const NAMES: Readonly<Record<string, string>> = {
  first: "the first, `explain` today",
  later: "the others, `explain` today",
  held: "held back, `explain` today",
};
const results = new Map<string, Result[]>();

const database = await available("PostgreSQL", DATABASE_URL);
const isThere = (need: string) => (need === "postgres" ? database : find(need) !== undefined);
const missing = ({ needs = [] }: Case) => needs.filter((need) => !isThere(need));

/** Whether what is sent is right by itself: then the mistake is the one that is named, and no other. */
async function isGenuine({ from, message }: Case): Promise<boolean> {
  const { provider, secret } = from;
  const { method, url, headers, body } = await from.send(message);
  const row =
    headers["content-encoding"] === undefined ? provider : defineProvider({ ...provider, encoding: "compressed" });
  const { ok, findings } = await explain(row, { secret, method, url, headers, body, now: NOW });
  return ok || findings.some(({ code }) => code === "signature_matches");
}

/** Neither a secret nor a signature is in its words. */
async function expectNoSecret({ one, said }: Result): Promise<void> {
  // The URL is printed on purpose, with a digest of the body where the sender puts one there.
  const told = JSON.stringify(said).replaceAll(said.url ?? "\0", "");
  const { secret, send } = one.from;
  const given = [await one.secret?.(secret)].flat().filter((text) => typeof text === "string");
  for (const hidden of [secret, ...given]) {
    const bare = hidden.trim();
    if (bare.length >= 8 && !/^https?:/.test(bare) && !bare.includes("•")) expect(told).not.toContain(bare);
  }
  const { headers } = await send(one.message);
  for (const value of Object.values(headers)) {
    for (const run of value.match(/[A-Za-z0-9+/]{27,}={0,2}/g) ?? []) expect(told).not.toContain(run);
  }
  expect(told).not.toMatch(/[0-9a-f]{40}|[A-Za-z0-9+/]{27}=/);
}

describe.each(Object.entries(corpora))("the %s failures", (name, cases) => {
  const told: Result[] = [];
  results.set(name, told);

  for (const one of cases) {
    const gone = missing(one);
    if (gone.length > 0) console.warn(`Left out: "${one.name}", because ${gone.join(", ")} is not there.`);
  }
  const made = cases.filter((one) => missing(one).length === 0);

  test.each(made.map((one) => [one.name, one] as const))("%s", async (_, one) => {
    expect(await isGenuine(one)).toBe(one.from.odd === undefined);
    const result = await judge(one);
    told.push(result);
    expect(result.said.ok).toBe(false);
    await expectNoSecret(result);
  });
});

test("a failure stands there once, and says where it is reported", () => {
  const all = Object.values(corpora).flat();
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  for (const { seen } of all) expect(seen).toMatch(/^https:\/\//);
});

describe("how often it is right", () => {
  const percent = (part: number, of: number) => `${part} (${Math.round((part / of) * 100)} %)`;
  const row = (name: string, { cases, true: right, wrong, none }: ReturnType<typeof figures>) =>
    `| ${name} | ${cases} | ${[right, wrong, none].map((part) => percent(part, cases)).join(" | ")} |`;
  const page = readFileSync(new URL("../../packages/core/docs/errors.md", import.meta.url), "utf8");

  test.each(Object.entries(NAMES))("%s", (name, title) => {
    const told = results.get(name) as Result[];
    const counted = figures(told);
    const lines = told
      .filter(({ verdict }) => verdict !== "true")
      .map(
        ({ one, first: said, verdict }) =>
          `${verdict}: ${one.name}: ${said || "nothing"}, not ${one.cause.join(" or ")}`,
      );
    expect(counted.true / counted.cases, lines.join("\n")).toBeGreaterThanOrEqual(0.95);
    expect(counted.wrong / counted.cases, lines.join("\n")).toBeLessThanOrEqual(0.01);
    // The page's own figures, on a machine that has every program.
    if (counted.cases === corpora[name]?.length) expect(page).toContain(row(title, counted));
  });
});
