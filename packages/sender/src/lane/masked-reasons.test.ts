import type { Ruling } from "@countersign/core/event";
import { fakeClock } from "@countersign/core/testing";
import { expect, test } from "vitest";
import { waits } from "../pace/schedule.ts";
import { createSender } from "../sender.ts";
import { stubTransport } from "../testing/stub-transport.ts";

const TOKEN = "tok_9f8e7d6c5b4a39281706";

/** A receiver that echoes the credential, and a judge that quotes the receiver. */
function stage(rule: (said: string) => Ruling) {
  const clock = fakeClock("2026-01-01T00:00:00Z");
  const told: unknown[] = [];
  const tell = (event: unknown) => void told.push(event);
  const sender = createSender({
    clock,
    transport: stubTransport(clock, () => ({ status: 200, body: `no: Bearer ${TOKEN}` })),
    hooks: { dead: tell, discarded: tell, disabled: tell, attempt: tell, retry: tell },
    endpoints: [
      {
        name: "e",
        url: "https://example.com/hooks",
        auth: { kind: "bearer", token: TOKEN },
        retry: waits(["1s"]),
        discardAfter: "1h",
        judge: ({ body }) => rule(`It said ${body}`),
      },
    ],
  });
  return { clock, sender, told };
}

const rows: readonly [what: string, rule: (reason: string) => Ruling][] = [
  ["given up at once", (reason) => ({ kind: "permanent", reason })],
  ["given up after its last attempt", (reason) => ({ kind: "retry", reason })],
  ["disabled with its endpoint", (reason) => ({ kind: "disable", reason })],
];

test.each(rows)("a secret that a judge quotes is masked where an event is %s", async (_, rule) => {
  const { clock, sender, told } = stage(rule);
  await sender.send({ type: "t", data: 1 });
  await clock.advanceAsync(10_000);
  const { letters } = await sender.deadLetters.list();
  const shown = JSON.stringify([told, letters, sender.endpoints.describe("e")]);
  expect(shown).toContain("It said no: ");
  expect(shown).not.toContain(TOKEN);
});

test("and in what `call` gives back as the reason, while the answer itself is as it is", async () => {
  const { sender } = stage((reason) => ({ kind: "permanent", reason }));
  const { ruling, response } = await sender.call("e", { type: "t", data: 1 });
  expect(JSON.stringify(ruling)).not.toContain(TOKEN);
  expect(response?.body).toContain(TOKEN);
});
