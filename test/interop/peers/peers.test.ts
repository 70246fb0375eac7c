/** The suites of other libraries, as data: what they expect of a request, and what we say to it. */
import { ConfigurationError, createVerifier, WebhookError } from "@countersign/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Given, Peer, Row, Verdict } from "./peer.ts";
import { peers } from "./peers.ts";

const given = (peer: Peer, row: Row): Given => ({ ...peer.given, ...row });
const proven = (verdict: Verdict) => verdict === "accepted" || verdict === "handshake";
const list = (from: Row["from"]) => (typeof from === "string" ? [from] : from);

async function ours(peer: Peer, row: Row): Promise<Verdict> {
  const { secret, method = "POST", url = "https://example.com/hook", headers, body, now } = given(peer, row);
  try {
    const options = { log: false, clock: () => now, ...row.options, secret: secret as string } as const;
    const delivery = await createVerifier(row.provider ?? peer.provider, options).verify({
      method,
      url,
      headers,
      body,
    });
    expect(delivery.text()).toBe(Buffer.from(body).toString());
    return "accepted";
  } catch (error) {
    if (error instanceof WebhookError) return error.code;
    // Any other option would be a mistake of the row.
    if (error instanceof ConfigurationError && error.option === "secret") return "ConfigurationError";
    throw error;
  }
}

async function theirs(ask: NonNullable<Peer["ask"]>, request: Given): Promise<Row["theirs"]> {
  try {
    return (await ask(request)) === false ? "refused" : "accepted";
  } catch {
    return "refused";
  }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Cases of theirs, rows of ours, rows in which we differ on purpose, cases left out. */
const COUNTS = {
  "stripe-node": [39, 23, 3, 10],
  svix: [14, 19, 1, 0],
  "standard-webhooks": [15, 20, 0, 0],
  octokit: [64, 23, 3, 36],
  twilio: [38, 39, 10, 1],
  bolt: [76, 31, 2, 11],
  "discord-interactions": [33, 15, 1, 6],
  paddle: [26, 13, 0, 0],
  workos: [30, 17, 1, 6],
  shopify: [32, 21, 9, 4],
  line: [17, 12, 0, 2],
  razorpay: [4, 2, 0, 3],
  square: [10, 10, 0, 0],
  hubspot: [4, 5, 3, 0],
  contentful: [42, 59, 4, 9],
};

test("no list has become shorter unseen", () => {
  const counts = peers.map(({ name, cases, rows, leftOut }) => {
    const differing = rows.filter(({ differs }) => differs !== undefined).length;
    return [name, [cases, rows.length, differing, leftOut.length]];
  });
  expect(Object.fromEntries(counts)).toEqual(COUNTS);
});

describe.each(peers)("$name", (peer) => {
  test.each(peer.rows)("$id", async (row) => {
    vi.setSystemTime(given(peer, row).now);
    expect(await ours(peer, row)).toBe(row.ours);
    // Their package in the same run, so that what the row says of them stays true.
    if (peer.ask !== undefined && row.unasked === undefined)
      expect(await theirs(peer.ask, given(peer, row)), "their package").toBe(row.theirs);
    // Whoever disagrees says why.
    expect((row.theirs === "accepted") !== proven(row.ours), "differs").toBe(row.differs !== undefined);
  });

  test("each of their cases is a row or is left out with a reason", () => {
    const rows = new Set(peer.rows.flatMap((row) => list(row.from)));
    const out = peer.leftOut.map((one) => one.case);
    expect(out.filter((name) => rows.has(name))).toEqual([]);
    expect(new Set(out).size).toBe(out.length);
    expect(rows.size + out.length).toBe(peer.cases);
    expect(new Set(peer.rows.map(({ id }) => id)).size).toBe(peer.rows.length);
    expect(peer.leftOut.filter(({ reason }) => reason.length < 20)).toEqual([]);
    expect(peer.ask === undefined).toBe(peer.unaskable !== undefined);
  });
});
