import { standardWebhooks } from "@countersign/core/providers";
import { expect, test } from "vitest";
import type { EndpointOptions } from "../endpoint/options.ts";
import type { Attempting, SenderEvents } from "../hooks.ts";
import { stage } from "../testing/stage.ts";

async function sendWith(attempting: (request: Attempting) => void, endpoint: Partial<EndpointOptions> = {}) {
  const failures: SenderEvents["failure"][] = [];
  const hooks = { attempting, failure: (failure: SenderEvents["failure"]) => void failures.push(failure) };
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const options = {
    name: "here",
    url: "https://example.com/hooks?key=secret",
    sign: { provider: standardWebhooks, secret },
  };
  const { sender, requests } = stage([{ ...options, ...endpoint }], () => 204, { hooks });
  const handle = await sender.send({ id: "evt_1", type: "t", data: 1 });
  const [outcome] = await handle.outcome();
  await sender.close();
  return { headers: requests[0]?.headers, failures, outcome };
}

test("a hook adds headers, but none that the endpoint, its signature or the connection has, and none later", async () => {
  const added: Record<string, boolean> = {};
  let late: Attempting | undefined;
  const { headers } = await sendWith(
    (request) => {
      late = request;
      for (const [name, value] of [
        ["traceparent", "00-1"],
        ["TraceParent", "00-2"],
        ["x-own", "other"],
        ["Webhook-Signature", "v1,forged"],
        ["host", "elsewhere"],
        ["content-length", "0"],
        ["x-split", "a\r\nx-b: c"],
        ["x y", "z"],
        [17, "z"],
      ] as [string, string][]) {
        added[name] = request.addHeader(name, value);
      }
    },
    { headers: { "X-Own": "mine" } },
  );
  expect(Object.entries(added).filter(([, taken]) => taken)).toEqual([["traceparent", true]]);
  expect(headers?.filter((_, index) => index % 2 === 0)).toEqual([
    "content-type",
    "user-agent",
    "X-Own",
    "webhook-signature",
    "webhook-timestamp",
    "webhook-id",
    "traceparent",
  ]);
  expect(late?.addHeader("x-late", "1")).toBe(false);
});

test("it is told what goes where, and how the request ended; what it throws there changes nothing", async () => {
  const told: unknown[] = [];
  const { outcome, failures } = await sendWith(({ addHeader: _, onEnd, ...request }) => {
    told.push(request);
    onEnd(() => {
      throw new Error("a hook's own mistake");
    });
    onEnd(({ status }) => void told.push(status));
  });
  expect(told).toEqual([
    {
      endpoint: "here",
      url: "https://example.com/***",
      method: "POST",
      number: 1,
      takesHeaders: true,
      subjects: [{ endpoint: "here", item: expect.any(String), event: { id: "evt_1", type: "t" } }],
    },
    204,
  ]);
  expect(outcome?.status).toBe("delivered");
  expect(failures).toMatchObject([{ where: "hook" }]);
});
