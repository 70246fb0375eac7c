/** What a verifier weighs in a bundle: ours from the packed package, others' from their own; minified, gzip. */
import { builtinModules } from "node:module";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { PACKED, ROOT } from "../packed/pack.ts";
import type { Row } from "./measure.ts";

const OURS = [
  'import { createVerifier } from "@countersign/core";',
  'import { stripe } from "@countersign/core/providers";',
  'export const verifier = createVerifier(stripe, { secret: "whsec_x" });',
];

/** The one function with which each verifies. */
const THEIRS: Readonly<Record<string, string>> = {
  stripe:
    'import Stripe from "stripe"; export const verify = (...a) => new Stripe("sk_x").webhooks.constructEventAsync(...a);',
  svix: 'import { Webhook } from "svix"; export const verify = (...a) => new Webhook("whsec_x").verify(...a);',
  standardwebhooks:
    'import { Webhook } from "standardwebhooks"; export const verify = (...a) => new Webhook("whsec_x").verify(...a);',
  "@octokit/webhooks-methods": 'export { verify } from "@octokit/webhooks-methods";',
};

export async function benchSize(): Promise<Row[]> {
  const rows: Row[] = [
    {
      name: "createVerifier + stripe, in a bundle",
      ...(await weigh(OURS.join("\n"), PACKED)),
      target: ["<=", 14],
    },
  ];
  for (const [name, code] of Object.entries(THEIRS)) {
    rows.push({ name: `${name}, in a bundle`, ...(await weigh(code, join(ROOT, "test"))) });
  }
  return rows;
}

async function weigh(contents: string, resolveDir: string): Promise<Pick<Row, "value" | "unit" | "note">> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir, loader: "js" },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2023",
    platform: "neutral",
    // A package of before "exports" says so in one of these.
    mainFields: ["module", "main"],
    external: ["node:*", ...builtinModules],
    write: false,
    logLevel: "error",
  });
  const [{ contents: bundle }] = outputFiles as unknown as [{ contents: Uint8Array }];
  const zipped = gzipSync(bundle).length;
  return { value: zipped / 1000, unit: " KB", note: `gzip; ${(bundle.length / 1000).toFixed(1)} KB minified` };
}
