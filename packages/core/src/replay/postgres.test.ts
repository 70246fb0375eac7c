import { describe, expect, test } from "vitest";
import { postgresReplayStore } from "./postgres.ts";

/** A pool whose first answers are errors with these codes; how often it was asked. */
function pool(codes: readonly string[]) {
  const errors = codes.map((code) => Object.assign(new Error("the server said no"), { code }));
  let asked = 0;
  const query = async () => {
    const error = errors[asked++];
    if (error !== undefined) throw error;
    return { rows: [{ state: "new", fit: true }] };
  };
  return { query, asked: () => asked };
}

describe("what PostgreSQL asks to be tried again", () => {
  test.each([
    ["a serialization failure", "40001"],
    ["a deadlock", "40P01"],
  ])("%s was an outage, and a genuine request got 503: the statement is run again", async (_, code) => {
    const client = pool([code, code]);
    expect(await postgresReplayStore(client).claim("k", "t", 60_000)).toBe("new");
    expect(client.asked()).toBe(3);
  });

  test("not for ever: five tries, and then it is the server's error", async () => {
    const client = pool(Array.from({ length: 9 }, () => "40001"));
    await expect(postgresReplayStore(client).claim("k", "t", 60_000)).rejects.toMatchObject({ code: "40001" });
    expect(client.asked()).toBe(5);
  });

  test("nothing else is run twice", async () => {
    const client = pool(["57014"]);
    await expect(postgresReplayStore(client).claim("k", "t", 60_000)).rejects.toMatchObject({ code: "57014" });
    expect(client.asked()).toBe(1);
  });
});
