import { defineProject } from "vitest/config";

export default defineProject({ test: { name: "systems", include: ["src/**/*.test.ts"], isolate: false } });
