import { expect, test } from "vitest";
import { github } from "../providers/index.ts";
import { fakeClock } from "../testing/clock.ts";
import { createVerifier } from "../verifier.ts";

test("a secret lookup that never ends is answered 503 when its time is over", async () => {
  const clock = fakeClock();
  const verifier = createVerifier(github, { secret: () => new Promise<string>(() => {}), clock, timeout: "10s" });
  const headers = { "x-hub-signature-256": `sha256=${"a".repeat(64)}` };
  const verified = verifier.verify({ method: "POST", url: "/", headers, body: "{}" });
  const outcome = verified.catch((error: unknown) => error);
  await clock.advanceAsync(10_000);
  await expect(outcome).resolves.toMatchObject({ code: "secret_unavailable", status: 503 });
  expect(clock.pending).toBe(0);
});
