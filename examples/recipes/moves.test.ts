import type { Server } from "node:http";
import { github, standardWebhooks, stripe, svix } from "@countersign/core/providers";
import { type SignedRequest, signedRequest } from "@countersign/core/testing";
import { describe, expect, it, vi } from "vitest";
import * as octokit from "./from-octokit.ts";
import * as standard from "./from-standardwebhooks.ts";
import * as fromStripe from "./from-stripe.ts";
import * as fromSvix from "./from-svix.ts";
import { event, listen, originOf, printed, sendTo, tampered, toRequest } from "./testing.ts";

// Octokit prints what it refuses, with a stack, through the function that it finds when it is made.
const { error } = vi.hoisted(() => {
  const { error } = console;
  console.error = () => undefined;
  return { error };
});
console.error = error;

type Side = (request: SignedRequest) => Promise<Response>;
function served(server: Server): Side {
  return async (request) => {
    if (!server.listening) await listen(server);
    return sendTo(originOf(server), request);
  };
}

function fetched(handle: (request: Request) => Promise<Response>): Side {
  return (request) => handle(toRequest(request));
}

const issue = { action: "opened", issue: { title: "It is paid" }, repository: { full_name: "a/b" } };
const headers = { "x-github-event": "issues", "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958" };

interface Move {
  readonly request: () => Promise<SignedRequest>;
  readonly before: Side;
  readonly after: Side;
  readonly prints: unknown;
}

const moves: Readonly<Record<string, Move>> = {
  "stripe.webhooks.constructEvent": {
    request: () => signedRequest(stripe, { secret: process.env.STRIPE_WEBHOOK_SECRET!, body: JSON.stringify(event) }),
    before: fetched(fromStripe.before),
    after: fetched(fromStripe.after),
    prints: event.type,
  },
  standardwebhooks: {
    request: () => signedRequest(standardWebhooks, { secret: process.env.WEBHOOK_SECRET!, payload: event }),
    before: fetched(standard.before),
    after: fetched(standard.after),
    prints: event,
  },
  svix: {
    request: () => signedRequest(svix, { secret: process.env.WEBHOOK_SECRET!, payload: event }),
    before: fetched(fromSvix.before),
    after: fetched(fromSvix.after),
    prints: event,
  },
  "@octokit/webhooks": {
    request: () =>
      signedRequest(github, {
        secret: process.env.GITHUB_WEBHOOK_SECRET!,
        body: JSON.stringify(issue),
        url: "https://example.com/hooks/github",
        headers,
      }),
    before: served(octokit.before),
    after: served(octokit.after),
    prints: issue.issue.title,
  },
};

describe.each(Object.entries(moves))("from %s", (_, { request, before, after, prints }) => {
  it("both sides take the same request, and refuse the same forgery", async () => {
    const lines = printed();
    const genuine = await request();
    for (const side of [before, after]) {
      expect((await side(genuine)).ok).toBe(true);
      expect(lines.splice(0)).toEqual([[prints]]);
      const refused = await side(tampered(genuine));
      expect(refused.status).toBeGreaterThanOrEqual(400);
      expect(refused.status).toBeLessThan(500);
      expect(lines).toEqual([]);
    }
  });
});
