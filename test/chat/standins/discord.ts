import { checkDiscord } from "../checks/discord.ts";
import { type Answer, type Desk, parsed, type Seen, type StandIn, serve } from "./stand-in.ts";

const PATH = "/api/v10/webhooks/123456789012345678/tok-SECRET";
const REQUESTS = 5;
const PER = 2000;

/** discord.com: numbered errors, five messages in two seconds, waits in decimal seconds, a User-Agent is needed. */
export function discordStandIn(now: () => number): Promise<StandIn> {
  return serve(
    (desk) => ({
      webhook: PATH.replace("/v10", ""),
      requests: REQUESTS,
      answer({ method, path, query, headers, body }: Seen, at): Answer {
        if ((headers["user-agent"] ?? "") === "") return { status: 403, body: "<html>Access denied</html>" };
        if (method !== "POST" || path !== PATH || desk.deleted)
          return { status: 404, body: { code: 10015, message: "Unknown Webhook" } };
        const wait = desk.allowance(REQUESTS, PER, at);
        if (wait > 0) {
          // The body is precise, the header is rounded down, as observed: the larger one counts.
          return {
            status: 429,
            headers: { "retry-after": String(Math.floor(wait / 1000)), ...allowance(desk, wait) },
            body: { message: "You are being rate limited.", retry_after: wait / 1000, global: false },
          };
        }
        if (Buffer.byteLength(body) > 8_388_608)
          return { status: 413, body: { code: 40005, message: "Request entity too large" } };
        if (parsed(body) === undefined)
          return { status: 400, body: { code: 50109, message: "The request body contains invalid JSON." } };
        const problems = checkDiscord(body);
        if (problems.includes("an empty message"))
          return { status: 400, body: { code: 50006, message: "Cannot send an empty message" } };
        if (problems.length > 0)
          return { status: 400, body: { code: 50035, message: "Invalid Form Body", errors: { embeds: problems } } };
        desk.posted.push({ body, query: query.toString() });
        if (query.get("wait") !== "true") return { status: 204, headers: allowance(desk, PER) };
        return { status: 200, headers: allowance(desk, PER), body: { id: String(desk.posted.length), type: 0 } };
      },
    }),
    now,
  );
}

const allowance = (desk: Desk, reset: number) => ({
  "x-ratelimit-limit": String(REQUESTS),
  "x-ratelimit-remaining": String(desk.left(REQUESTS)),
  "x-ratelimit-reset-after": (reset / 1000).toFixed(3),
});
