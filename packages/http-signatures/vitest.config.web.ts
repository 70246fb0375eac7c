import { defineProject } from "vitest/config";

/** The same suite over WebCrypto: see packages/core/vitest.config.web.ts. */
export default defineProject({
  ssr: { resolve: { conditions: ["workerd", "module", "node", "development|production"] } },
  test: { name: "http-signatures-web", include: ["src/**/*.test.ts"], isolate: false },
});
