import { defineProject } from "vitest/config";
import { ALONE } from "./vitest.config.alone.ts";

/**
 * Files that share a process one after the other: frameworks, compilers and official libraries are loaded once for
 * many of them, which took more time than the tests.
 */
export default defineProject({
  test: {
    name: "test",
    include: ["**/*.test.ts"],
    exclude: [...ALONE, "**/node_modules/**"],
    isolate: false,
    setupFiles: ["./seed.ts"],
  },
});
