import { ConfigurationError } from "@countersign/core";
import { stage } from "@countersign/sender/testing";
import { describe, expect, test } from "vitest";
import { attemptJob, type DeliveryJob, jobId, makeJobs } from "./job.ts";

const url = "https://example.com/hooks";
const event = { id: "evt_17", type: "invoice.paid", data: { invoice: 9_007_199_254_740_993n } };

const staged = (...args: Parameters<typeof stage> | []) =>
  stage(
    args[0] ?? [
      { name: "a", url },
      { name: "b", url, filter: { include: ["other"] } },
    ],
    args[1],
    args[2],
  );

describe("the jobs of an event", () => {
  test("are for the endpoints whose filters want it, and hold it as it was", async () => {
    const { sender } = staged();
    const sent = { ...event, data: { invoice: 9_007_199_254_740_993n } };
    const making = makeJobs(sender, sent, undefined);
    sent.data.invoice = 0n;
    const jobs = await making;
    expect(jobs.map(({ endpoint }) => endpoint)).toEqual(["a"]);
    expect(jobs[0]?.event).toMatchObject({ id: "evt_17", type: "invoice.paid", data: '{"invoice":9007199254740993}' });
    expect(jobs[0]?.again.attempt).toBe(1);
    expect(JSON.parse(JSON.stringify(jobs))).toEqual(jobs);
  });

  test("have one name for one event at one endpoint, a UUID", async () => {
    const jobOf = (endpoint: string, id: string) => ({ endpoint, event: { id } }) as DeliveryJob;
    const names = [jobOf("a", "1"), jobOf("a", "2"), jobOf("b", "1"), jobOf("a1", "")].map(jobId);
    expect(new Set(names).size).toBe(4);
    expect(jobId(jobOf("a", "1"))).toBe(names[0]);
    for (const name of names) expect(name).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/);
  });

  test("an event that cannot be sent is refused as send refuses it", async () => {
    const { sender } = staged();
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    for (const wrong of [{ ...event, data: cycle }, { ...event, type: "" }, { type: "t" }, null]) {
      await expect(makeJobs(sender, wrong as typeof event, undefined)).rejects.toThrow(ConfigurationError);
    }
    await expect(makeJobs(sender, event, "nobody")).rejects.toMatchObject({ code: "unknown_endpoint" });
  });
});

describe("a job's attempt", () => {
  test("sends the number that no JavaScript number can hold", async () => {
    const { sender, requests } = staged();
    const [job] = await makeJobs(sender, event, undefined);
    expect((await attemptJob(sender, JSON.parse(JSON.stringify(job)))).kind).toBe("delivered");
    expect(requests[0]?.text).toContain('"invoice":9007199254740993');
  });

  test("by a sender that is closed is another's, and counts for none", async () => {
    const { sender } = staged();
    const [job] = await makeJobs(sender, event, undefined);
    await sender.close();
    const again = job?.again;
    expect(await attemptJob(sender, job)).toEqual({ kind: "retry", after: 1_000, again });
  });

  test("disables an endpoint that says it is gone, once for all jobs behind it", async () => {
    const reasons: string[] = [];
    const hooks = { disabled: ({ reason }: { reason: string }) => void reasons.push(reason) };
    const { sender, requests } = staged([{ name: "a", url }], () => 410, { hooks });
    const [job] = await makeJobs(sender, event, undefined);
    for (const turn of [1, 2, 3]) expect((await attemptJob(sender, job)).kind, `${turn}`).toBe("disable");
    expect(requests).toHaveLength(1);
    expect(reasons).toEqual(["The receiver answered 410."]);
  });

  test("of what is no job is a dead letter, and no error of another kind", async () => {
    const { sender, requests } = staged();
    const foreign = [null, undefined, 1, "x", {}, { endpoint: "a" }, { endpoint: "a", event: { ...event, data: "{" } }];
    const half = { endpoint: "a", event: { ...event, data: "1" } };
    for (const data of [...foreign, half, { ...half, again: { attempt: 0 } }]) {
      expect(await attemptJob(sender, data)).toMatchObject({ kind: "dead", reason: "permanent" });
    }
    expect(requests).toEqual([]);
  });
});
