import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build as bundle, type Metafile } from "esbuild";
import { examples } from "../docs/examples.ts";
import { build, packAll, packageFolders, ROOT, unpack } from "../packed/pack.ts";
import { cases } from "./cases.ts";
import { tokenCases } from "./token-cases.ts";
import { wycheproof } from "./wycheproof.ts";

const GUEST = fileURLToPath(new URL("guest/", import.meta.url));

/** A project outside the workspace that holds the packages as they are published, and what the runtimes run. */
export interface Project {
  readonly folder: string;
  /** Bundles an entry as a Worker is bundled; answers the bundle's file and what went into it. */
  worker(
    entry: "check" | "wycheproof" | "aperture" | "durable" | "readme" | "tokens-check",
  ): Promise<{ file: string; inputs: Metafile["inputs"] }>;
  remove(): void;
}

/** Says which of the two implementations `#crypto` is, from inside the package, where that name has a meaning. */
const PROBE = `
import { platform as chosen } from "#crypto";
import { platform as node } from "./dist/crypto/node.js";
import { platform as web } from "./dist/crypto/web.js";
const name = chosen === node ? "node" : chosen === web ? "web" : "neither";
console.log(JSON.stringify({ crypto: name, runtime: navigator.userAgent.split("/")[0] }));
`;

/** A share of Wycheproof's signatures, judged from inside the package as well: answers those that were judged wrong. */
const WYCHEPROOF = `
import { makeVerify } from "#asymmetric";
import { readPublicKey } from "./dist/crypto/key-text.js";
const bytes = (base64) => Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
export async function run(files) {
  const wrong = [];
  let count = 0;
  for (const { algorithm, form, key, tests } of files) {
    const verify = makeVerify(algorithm, form, readPublicKey(algorithm, key));
    for (const [id, comment, message, signature, result] of tests) {
      count++;
      const made = await verify({ before: "", body: bytes(message), after: "" }, bytes(signature));
      if (made !== (result === "valid")) wrong.push(algorithm + " " + form + " " + id + " " + comment);
    }
  }
  return { count, wrong };
}
`;
const WYCHEPROOF_PROCESS = `
import { readFileSync } from "node:fs";
import { run } from "./node_modules/@countersign/core/wycheproof.js";
console.log(JSON.stringify(await run(JSON.parse(readFileSync("wycheproof.json", "utf8")))));
`;
const WYCHEPROOF_WORKER = `
import { run } from "./node_modules/@countersign/core/wycheproof.js";
export default { fetch: async (request) => Response.json(await run(await request.json())) };
`;

/** What the packages need of other people's. */
const OTHERS = { hono: ["hono"], sender: ["undici", "liquidjs", "ipaddr.js"], tokens: ["jose"] };

export async function createProject(): Promise<Project> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "countersign-runtimes-")));
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
  const packages = packageFolders(["core", "hono", "sender", "tokens"].map((name) => `@countersign/${name}`));
  build(packages);
  unpack(packAll(join(folder, "tarballs"), packages), folder);
  for (const [name, others] of Object.entries(OTHERS)) {
    const from = join(ROOT, "packages", name, "node_modules");
    for (const other of others) symlinkSync(realpathSync(join(from, other)), join(folder, "node_modules", other));
  }
  write("package.json", '{ "type": "module" }');
  write("cases.json", JSON.stringify(cases));
  write("tokens.json", JSON.stringify(tokenCases));
  write("node_modules/@countersign/core/probe.js", PROBE);
  write("wycheproof.json", JSON.stringify(wycheproof()));
  write("node_modules/@countersign/core/wycheproof.js", WYCHEPROOF);
  write("wycheproof-process.js", WYCHEPROOF_PROCESS);
  write("wycheproof.js", WYCHEPROOF_WORKER);
  write("readme.ts", examples().find(({ file }) => file === "packages/hono/README.md")?.code ?? "");

  // Our own files only lose their types here: what they import stays to be found, as each runtime finds it.
  await bundle({
    entryPoints: {
      process: join(GUEST, "process.ts"),
      sender: join(GUEST, "sender.ts"),
      sample: join(GUEST, "sample.ts"),
      readme: join(folder, "readme.ts"),
      check: join(GUEST, "worker.ts"),
      tokens: join(GUEST, "tokens-process.ts"),
      "tokens-check": join(GUEST, "tokens-worker.ts"),
      durable: join(ROOT, "examples/durable-object/contract-worker.ts"),
      aperture: join(ROOT, "examples/aperture-hono/worker.ts"),
    },
    outdir: folder,
    bundle: true,
    packages: "external",
    format: "esm",
    platform: "neutral",
    target: "es2022",
  });

  return {
    folder,
    async worker(entry) {
      const file = join(folder, `${entry}.worker.js`);
      const { metafile } = await bundle({
        entryPoints: [join(folder, `${entry}.js`)],
        outfile: file,
        bundle: true,
        format: "esm",
        platform: "neutral",
        conditions: ["workerd", "worker", "browser"],
        mainFields: ["module", "main"],
        absWorkingDir: folder,
        metafile: true,
      });
      return { file, inputs: metafile.inputs };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
