import { template } from "@countersign/sender";
import { stage } from "@countersign/sender/testing";
import fc from "fast-check";
import { expect, test } from "vitest";

const SOURCE = '{"v":{{ data.value }},"s":"{{ data.text }}","e":{{ data }}}';

test("whatever an event holds, a template's body is JSON and says the same", async () => {
  const { sender, clock, requests } = stage([{ name: "e", url: "https://example.com/", body: template(SOURCE) }]);
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), fc.string({ unit: "binary" }), async (value, text) => {
      await sender.send({ type: "user.created", data: { value, text } });
      await clock.advanceAsync(10);
      const made = JSON.parse(requests.at(-1)?.text as string);
      const plain = JSON.parse(JSON.stringify({ value, text }));
      expect(made).toEqual({ v: plain.value, s: plain.text, e: plain });
    }),
    { numRuns: 60 },
  );
  await sender.close();
});
