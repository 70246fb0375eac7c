import { defineProject } from "vitest/config";

/** Rooms whose files look at the process itself: what it says when it ends, its sockets and memory, and who else is there. */
export const ALONE = ["campaign", "cli", "engines", "outbox", "packed", "replay", "runtimes", "sender"].map(
  (room) => `${room}/**/*.test.ts`,
);

/** Each file in a process of its own. */
export default defineProject({ test: { name: "test-alone", include: ALONE, setupFiles: ["./seed.ts"] } });
