import { defineProject } from "vitest/config";

/**
 * The same suite over WebCrypto: "workerd" stands first among the conditions of package.json's "imports", so that
 * `#crypto` and `#diagnostics` are what a Worker would get.
 */
export default defineProject({
  ssr: { resolve: { conditions: ["workerd", "module", "node", "development|production"] } },
  test: { name: "core-web", include: ["src/**/*.test.ts"], env: { COUNTERSIGN_CRYPTO: "web" } },
});
