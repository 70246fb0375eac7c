import { defineProject } from "vitest/config";

/** What must hold over WebCrypto as well: see packages/core/vitest.config.web.ts. */
export default defineProject({
  ssr: { resolve: { conditions: ["workerd", "module", "node", "development|production"] } },
  test: {
    name: "test-web",
    include: [
      "mistakes/**/*.test.ts",
      "properties/round-trip.test.ts",
      "interop/peers/peers.test.ts",
      "http-signatures/{rfc9421,scheme,attacks}.test.ts",
    ],
    isolate: false,
    setupFiles: ["./seed.ts"],
  },
});
