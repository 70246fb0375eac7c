import { defineProject } from "vitest/config";

export default defineProject({ test: { name: "outbox", include: ["src/**/*.test.ts"], isolate: false } });
