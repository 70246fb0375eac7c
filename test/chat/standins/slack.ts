import { checkSlack } from "../checks/slack.ts";
import { type Answer, parsed, type Seen, type StandIn, serve } from "./stand-in.ts";

/** hooks.slack.com: plain tokens, one message a second, Retry-After in whole seconds. */
export function slackStandIn(now: () => number): Promise<StandIn> {
  return serve(
    (desk) => ({
      webhook: "/services/T000/B000/tsSECRET",
      requests: 1,
      answer({ method, path, headers, body }: Seen, at): Answer {
        if (method !== "POST" || path !== "/services/T000/B000/tsSECRET") return { status: 404, body: "no_service" };
        if (desk.deleted) return { status: 404, body: "no_service" };
        const wait = desk.allowance(1, 1000, at);
        if (wait > 0)
          return { status: 429, headers: { "retry-after": String(Math.ceil(wait / 1000)) }, body: "rate_limited" };
        if (!headers["content-type"]?.startsWith("application/json")) return { status: 400, body: "invalid_payload" };
        if (parsed(body) === undefined) return { status: 400, body: "invalid_payload" };
        const problems = checkSlack(body);
        if (problems.includes("no text")) return { status: 400, body: "no_text" };
        if (problems.includes("too many attachments")) return { status: 400, body: "too_many_attachments" };
        if (problems.length > 0) return { status: 400, body: "invalid_payload" };
        desk.posted.push({ body, query: "" });
        return { status: 200, body: "ok" };
      },
    }),
    now,
  );
}
