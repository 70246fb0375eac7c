import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: ["packages/*", "packages/core/vitest.config.web.ts", "examples", "test", "test/vitest.config.web.ts"],
  },
});
