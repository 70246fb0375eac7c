import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Files of a project share their workers' processes (isolate: false in each): loading everything anew for each of
    // them was most of the time.
    // Vitest would leave one core free: on two cores all files would wait for each other, and many of them only wait.
    maxWorkers: "100%",
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
