import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { defaultStatus, type Provider, webhookErrorCodes } from "@countersign/core";
import {
  aperture,
  apono,
  azureDevops,
  chargebee,
  cloudEvents,
  postmark,
  providers,
  stalwartHttpAuth,
  tappass,
} from "@countersign/core/providers";
import { isProof } from "@countersign/core/scheme";
import { describe, expect, it } from "vitest";
import { packageFolders, ROOT } from "../packed/pack.ts";
import { provenBy } from "../vectors/proven-by.ts";
import { pages } from "./examples.ts";
import { membersOf } from "./surface.ts";
import { tableUnder } from "./table.ts";

const CORE = join(ROOT, "packages/core");
const INDEX = "packages/core/src/index.ts";

const documents = pages().map((file) => ({ file, name: relative(ROOT, file), text: readFileSync(file, "utf8") }));
const page = (name: string) => readFileSync(join(CORE, "docs", `${name}.md`), "utf8");
const code = (name: string) => `\`${name}\``;
const firstCells = (rows: readonly string[][]) => rows.map(([cell]) => cell);

describe.each(documents)("$name", ({ file, text }) => {
  it("says at its top which question it answers", () => {
    const [title, question] = text.split("\n\n");
    expect(title).toMatch(/^# [A-Z]/);
    expect(question).toMatch(/\?(?: |$)/);
  });

  it("has tables without padding", () => {
    const padded = text.split("\n").filter((line) => /^\|.*(?: {2,}\||\| {2,}|-{4,})/.test(line));
    expect(padded).toEqual([]);
  });

  it("has rows as long as their heads", () => {
    const tables = [...text.matchAll(/^\|.*(?:\n\|.*)*/gm)].map(([table]) => table.split("\n"));
    const width = (row = "") => row.split(/(?<!\\)\|/).length;
    expect(tables.flatMap(([head, ...rows]) => rows.filter((row) => width(row) !== width(head)))).toEqual([]);
  });

  it("ships with its package", () => {
    const folder = packageFolders().find((one) => file.startsWith(join(one, "docs"))) ?? "";
    const { files } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { files: string[] };
    expect(files).toContain("docs");
  });
});

describe("errors.md", () => {
  const rows = tableUnder(page("errors"), "Refusals");

  it("has every code of a refusal, with the status that it answers", () => {
    const documented = rows.map(([name, status]) => [name, status]);
    expect(documented).toEqual(webhookErrorCodes.map((name) => [code(name), String(defaultStatus(name))]));
  });

  it("says of each what to do", () => {
    expect(rows.filter(([, , happened, todo]) => !happened?.endsWith(".") || !todo?.endsWith("."))).toEqual([]);
  });
});

describe("options.md", () => {
  const verifier = tableUnder(page("options"), "Verifier");
  const [members = []] = membersOf(INDEX, "VerifierOptions");

  it("has every option of createVerifier, and no other", () => {
    expect(members.length).toBeGreaterThan(10);
    expect(firstCells(verifier).sort()).toEqual(members.map(code).sort());
  });

  it("has every option that a guardrail adds, and names those that it leaves out", () => {
    const [own = []] = membersOf(INDEX, "GuardrailOptions");
    const added = own.filter((name) => !members.includes(name));
    expect(firstCells(tableUnder(page("options"), "Guardrail")).sort()).toEqual(added.map(code).sort());
    for (const name of members.filter((member) => !own.includes(member))) expect(page("options")).toContain(code(name));
  });
});

describe("replay.md", () => {
  it("has every option of replay, and no other", () => {
    const settings = membersOf(INDEX, "ReplayOption").find((members) => members.includes("store")) ?? [];
    expect(settings.length).toBeGreaterThan(3);
    expect(firstCells(tableUnder(page("replay"), "Options")).sort()).toEqual(settings.map(code).sort());
  });
});

describe("providers.md", () => {
  const rows = tableUnder(page("providers"), "Table");
  const camel = (name: string) => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const calls = [
    aperture(),
    tappass({ header: "x-key" }),
    apono({ header: "x-key" }),
    stalwartHttpAuth(),
    postmark({ username: "u" }),
    azureDevops({ username: "u" }),
    chargebee({ username: "u" }),
    cloudEvents({ origins: ["a.example"] }),
  ];
  const all: Provider<any>[] = [...Object.values(providers), ...calls];
  const rowOf = ({ name }: Provider<any>) =>
    rows.find(([, imported = ""]) => new RegExp(`^\`${camel(name)}\\b`).test(imported)) ?? [];

  const DIGESTS = { sha1: "HMAC-SHA-1 over", sha256: "HMAC-SHA-256 over", sha512: "HMAC-SHA-512 over" } as const;
  const ALGORITHMS: Readonly<Record<string, string>> = {
    "ecdsa-p256-sha256": "ECDSA P-256 over",
    "rsa-pkcs1-sha256": "RSA with SHA-256 over",
    ed25519: "Ed25519 over",
  };
  function proofOf({ scheme }: Provider<any>): string {
    if (isProof(scheme)) return "that the caller knows a static credential";
    return scheme.kind === "hmac"
      ? DIGESTS[scheme.digest as keyof typeof DIGESTS]
      : (ALGORITHMS[scheme.algorithm] ?? "");
  }
  function toleranceOf({ scheme, tolerance }: Provider<any>) {
    return (isProof(scheme) ? undefined : scheme.timestamp?.tolerance) ?? tolerance;
  }

  it("has as many rows as the changelog says", () => {
    expect(readFileSync(join(ROOT, "CHANGELOG.md"), "utf8")).toContain(`- ${all.length} providers as rows`);
  });

  it("has a row for every provider, and no other", () => {
    const imported = rows.map(([, cell = ""]) => /^`(\w+)/.exec(cell)?.[1]);
    expect(imported.sort()).toEqual(all.map(({ name }) => camel(name)).sort());
  });

  it.each(all.map((provider) => ({ provider, name: provider.name })))(
    "tells of $name what its row does",
    ({ provider }) => {
      const [title, , proves = "", unprotected = "", , retries, handshake, by] = rowOf(provider);
      expect(by).toBe(provenBy(provider.name));
      expect(title).toMatch(/^\[.+\]\(https:.+\)$/);
      expect(title).toContain(`(${provider.docs})`);
      expect(proves.startsWith(proofOf(provider)), proves).toBe(true);
      expect(/fresh within (\w+)/.exec(proves)?.[1]).toBe(toleranceOf(provider));
      if (provider.unprotected !== undefined) expect(unprotected).toContain(provider.unprotected);
      expect(retries).toBe(provider.retries ?? "–");
      expect(handshake !== "–", `a handshake: ${handshake}`).toBe(provider.handshake !== undefined);
    },
  );
});
