import { deepEqual, equal } from "node:assert/strict";
import { type Chapter, claim, ids, placing, put } from "./kit.ts";

/** What enqueuing in the application's own transaction promises. */
export const transactions: Chapter = {
  async "nothing is there before the commit, and all of it after"({ outbox, other, begin }) {
    const { tx, commit } = await begin();
    const [[placed] = []] = await outbox.enqueue([placing("e1"), placing("e2")], { tx });
    equal(placed?.created, true);
    await commit();
    deepEqual(ids(await claim(other, { limit: 9 })), ["e1", "e2"]);
  },

  async "a rollback leaves nothing, not even the id"({ outbox, other, begin }) {
    const { tx, rollback } = await begin();
    await outbox.enqueue([placing("e1")], { tx });
    await rollback();
    deepEqual(await claim(other, { limit: 9 }), []);
    equal((await put(other, "e1")).created, true);
    equal((await claim(outbox, { limit: 9 })).length, 1);
  },
};
