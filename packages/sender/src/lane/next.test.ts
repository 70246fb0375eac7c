import { standardWebhooks } from "@countersign/core/providers";
import { describe, expect, test } from "vitest";
import { every, waits } from "../pace/schedule.ts";
import { stageOne } from "../testing/stage-one.ts";

const event = { id: "job_17", type: "invoice.paid", data: { invoice: 17 } };

describe("one attempt, for an engine that keeps the event", () => {
  test.each([
    ["a success", 200, { next: "delivered", delay: 0, reason: "" }],
    ["what a retry may mend", 503, { next: "retry", delay: 60_000 }],
    [
      "a Retry-After beyond the schedule",
      { status: 429, headers: { "retry-after": "120" } },
      { next: "retry", delay: 120_000 },
    ],
    ["what no retry mends", 400, { next: "dead", delay: 0 }],
    ["a receiver that wants nothing more", 410, { next: "disable", delay: 0 }],
    ["no answer at all", { error: "timeout" }, { next: "retry", delay: 60_000 }],
  ] as const)("says what is to be done after %s", async (_name, answer, expected) => {
    const { sender, requests } = stageOne({ retry: waits(["1m", "1h"]) }, () => answer);
    const result = await sender.attempt("e", event);
    expect(result).toMatchObject(expected);
    expect(result.attempts).toHaveLength(1);
    expect(requests).toHaveLength(1);
    expect(await sender.endpoints.stats("e")).toMatchObject({ pending: 0, claimed: 0, dead: 0 });
  });

  test("counts what the engine has counted: schedule, time and age", async () => {
    const { sender } = stageOne({ retry: waits(["1m", "1h"]) }, () => 503);
    expect(await sender.attempt("e", event, { attempt: 2 })).toMatchObject({ next: "retry", delay: 3_600_000 });
    const given = await sender.attempt("e", event, { attempt: 3 });
    expect(given).toMatchObject({ next: "dead", reason: expect.stringContaining("Given up after 3 attempts") });
    const timed = stageOne({ retry: every("1h", { for: "3h" }) }, () => 503).sender;
    expect((await timed.attempt("e", event, { attempt: 3, tried: "2h" })).next).toBe("retry");
    expect((await timed.attempt("e", event, { attempt: 5, tried: "4h" })).next).toBe("dead");
    const fresh = stageOne({ discardAfter: "1h", retry: waits(["10m"]) }, () => 503).sender;
    expect((await fresh.attempt("e", event, { age: "55m" })).next).toBe("discard");
  });

  test("signs each attempt of a job under the same id", async () => {
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const { sender, requests, clock } = stageOne({ sign: { provider: standardWebhooks, secret } }, () => 503);
    await sender.attempt("e", event);
    clock.advance(60_000);
    await sender.attempt("e", event, { attempt: 2 });
    expect(requests.map((request) => request.named["webhook-id"])).toEqual(["job_17", "job_17"]);
    expect(requests[0]?.named["webhook-signature"]).not.toBe(requests[1]?.named["webhook-signature"]);
  });

  test("refuses an event without an id, an endpoint that is not there, and options that are none", async () => {
    const { sender } = stageOne();
    const failing = (code: string) => expect.objectContaining({ name: "ConfigurationError", code });
    await expect(sender.attempt("e", { type: "t", data: 1 })).rejects.toEqual(failing("invalid_option"));
    await expect(sender.attempt("nobody", event)).rejects.toEqual(failing("unknown_endpoint"));
    for (const bad of [{ attempt: 0 }, { attempt: 1.5 }, { tried: "long" }, { tries: 1 }, { age: -1 }]) {
      await expect(sender.attempt("e", event, bad as never)).rejects.toThrow("attempt");
    }
  });
});
