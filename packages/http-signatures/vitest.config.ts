import { defineProject } from "vitest/config";

export default defineProject({ test: { name: "http-signatures", include: ["src/**/*.test.ts"], isolate: false } });
