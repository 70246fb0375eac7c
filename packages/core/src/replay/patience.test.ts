import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fakeClock } from "../testing/clock.ts";
import { patient } from "./patience.ts";

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});

afterEach(() => vi.restoreAllMocks());

/** A server whose answers are given by hand. */
function server() {
  const clock = fakeClock();
  const asked: { name: string; answer: (value: string) => void; fail: (error: Error) => void }[] = [];
  const ask = patient(
    (name: string) =>
      new Promise<string>((answer, fail) => {
        asked.push({ name, answer, fail });
      }),
    { timeout: "1s", clock },
    "The server",
    "mend it",
  );
  const outcome = (name: string) =>
    ask(name).then(
      (value) => value,
      (error) => error.code ?? error.message,
    );
  return { clock, asked, outcome };
}

test("after a silence nothing is asked for as long again, so that the client sees an idle connection; then it is tried", async () => {
  const { clock, asked, outcome } = server();
  const first = outcome("first");
  await clock.advanceAsync(1_000);
  expect(await first).toBe("store_silent");
  expect(await outcome("second")).toBe("store_silent");
  await clock.advanceAsync(999);
  expect(await outcome("third")).toBe("store_silent");
  await clock.advanceAsync(1);
  const fourth = outcome("fourth");
  expect(asked.map(({ name }) => name)).toEqual(["first", "fourth"]);
  asked[1]?.answer("yes");
  expect(await fourth).toBe("yes");
  expect(console.error).toHaveBeenCalledTimes(1);
});

test.each(["an answer", "the client's error"])("%s that comes late ends the silence", async (sign) => {
  const { clock, asked, outcome } = server();
  void outcome("first");
  await clock.advanceAsync(1_100);
  if (sign === "an answer") asked[0]?.answer("late");
  else asked[0]?.fail(new Error("the connection was ended"));
  await clock.advanceAsync(0);
  const second = outcome("second");
  asked[1]?.answer("yes");
  expect(await second).toBe("yes");
});

test("one dead connection of a pool gives its own operation up, and nobody else's", async () => {
  const { clock, asked, outcome } = server();
  const dead = outcome("dead");
  await clock.advanceAsync(500);
  const other = outcome("other");
  await clock.advanceAsync(10);
  asked[1]?.answer("yes");
  expect(await other).toBe("yes");
  await clock.advanceAsync(490);
  expect(await dead).toBe("store_silent");
  const next = outcome("next");
  asked[2]?.answer("yes");
  expect(await next).toBe("yes");
  expect(console.error).not.toHaveBeenCalled();
});
