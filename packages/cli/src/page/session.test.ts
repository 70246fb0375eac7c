import { expect, test } from "vitest";
import { Session } from "./session.ts";

test("a ticket is good once and for a minute, and an earlier one no more", () => {
  let now = 0;
  const session = new Session(() => now);
  const first = session.ticket();
  const second = session.ticket();
  expect(session.redeem(first)).toBeUndefined();
  expect(session.redeem(second)).toBe(session.token);
  expect(session.redeem(second)).toBeUndefined();
  const late = session.ticket();
  now = 60_001;
  expect(session.redeem(late)).toBeUndefined();
});

test("the token alone is taken, in its header's own form", () => {
  const session = new Session(() => 0);
  expect(session.admits(`Bearer ${session.token}`)).toBe(true);
  for (const given of [undefined, "", session.token, `bearer ${session.token}`, `Bearer  ${session.token}`, "Bearer "])
    expect(session.admits(given)).toBe(false);
  expect(new Session(() => 0).admits(`Bearer ${session.token}`)).toBe(false);
});
