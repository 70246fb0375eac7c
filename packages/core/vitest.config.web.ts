import { defineProject } from "vitest/config";

/**
 * The same suite over WebCrypto: "workerd" stands first among the conditions of package.json's "imports", so that
 * `#crypto` and `#diagnostics` are what a Worker would get. The doors of `node:http`, which a Worker has not, are tested
 * all the same: over WebCrypto. `inspect` announces nothing there.
 */
export default defineProject({
  resolve: { alias: { "#node-door": new URL("src/http/node-door.ts", import.meta.url).pathname } },
  ssr: { resolve: { conditions: ["workerd", "module", "node", "development|production"] } },
  test: {
    name: "core-web",
    include: ["src/**/*.test.ts"],
    exclude: ["src/receive/inspect.test.ts"],
    isolate: false,
    env: { COUNTERSIGN_CRYPTO: "web" },
  },
});
