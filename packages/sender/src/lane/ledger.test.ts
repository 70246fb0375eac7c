import { expect, test } from "vitest";
import type { Finished, Result } from "../outbox/parts.ts";
import { Ledger } from "./ledger.ts";

const done = (id: string): Result => ({ id, token: 1, kind: "done" });

function stage(spoilt = "") {
  const calls: string[][] = [];
  const ledger = new Ledger({
    finish(results): Promise<readonly Finished[]> {
      const ids = results.map(({ id }) => id);
      calls.push(ids);
      if (ids.includes(spoilt)) return Promise.reject(new Error(`${spoilt} is spoilt`));
      return Promise.resolve(ids.map((id) => ({ id, held: true })));
    },
  });
  return { ledger, calls };
}

test("what ends together is one call of the outbox, and each is given its own answers", async () => {
  const { ledger, calls } = stage();
  const answers = await Promise.all([ledger.finish([done("a"), done("b")]), ledger.finish([done("c")])]);
  expect(calls).toEqual([["a", "b", "c"]]);
  expect(answers.map((some) => some.map(({ id }) => id))).toEqual([["a", "b"], ["c"]]);
});

test("one that spoils the call fails alone", async () => {
  const { ledger, calls } = stage("b");
  const [a, b, c] = await Promise.allSettled([done("a"), done("b"), done("c")].map((one) => ledger.finish([one])));
  expect([a?.status, b?.status, c?.status]).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(calls).toEqual([["a", "b", "c"], ["a"], ["b"], ["c"]]);
});

test("a call that does not end holds up nobody", async () => {
  let calls = 0;
  const ledger = new Ledger({
    finish(results) {
      calls += 1;
      return calls === 1 ? new Promise(() => {}) : results.map(({ id }) => ({ id, held: true }));
    },
  });
  void ledger.finish([done("stuck")]);
  await Promise.resolve();
  expect(await ledger.finish([done("free")])).toEqual([{ id: "free", held: true }]);
});

test("an outbox that throws instead of rejecting is heard all the same", async () => {
  const ledger = new Ledger({
    finish() {
      throw new Error("thrown");
    },
  });
  const both = await Promise.allSettled([ledger.finish([done("a")]), ledger.finish([done("b")])]);
  expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
});
