import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Files of a project share their workers' processes (isolate: false in each): loading everything anew for each of
    // them was most of the time.
    // Vitest would leave one core free. Many files only wait, for a store to come back or a browser: more files than cores.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    projects: [
      "packages/*",
      "packages/core/vitest.config.web.ts",
      "packages/http-signatures/vitest.config.web.ts",
      "examples",
      "test",
      "test/vitest.config.alone.ts",
      "test/vitest.config.web.ts",
    ],
  },
});
