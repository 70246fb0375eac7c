import { checkMattermost } from "../checks/mattermost.ts";
import { type Answer, parsed, type Seen, type StandIn, serve } from "./stand-in.ts";

const PATH = `/chat/hooks/${"secret".padEnd(26, "x")}`;
const REQUESTS = 10;

const error = (status: number, id: string): Answer => ({
  status,
  // The message is in the server's language: only the id can be relied on.
  body: { id, message: "Ungültiger Webhook.", detailed_error: "", request_id: "r", status_code: status },
});

/** A Mattermost server in a folder, rate limiting on: ids, an unknown hook is 400, relative seconds. */
export function mattermostStandIn(now: () => number): Promise<StandIn> {
  return serve(
    (desk) => ({
      webhook: PATH,
      requests: REQUESTS,
      answer({ method, path, body }: Seen, at): Answer {
        // The web app's page, for every path that is not the API's.
        if (!path.startsWith("/chat/hooks/"))
          return { status: 200, headers: { "x-version-id": "11.3.0.0.abc.true" }, body: "<!doctype html>" };
        const wait = desk.allowance(REQUESTS, 1000, at);
        if (wait > 0)
          return { status: 429, headers: { "retry-after": String(Math.ceil(wait / 1000)) }, body: "limit exceeded" };
        if (method !== "POST" || path !== PATH || desk.deleted)
          return error(400, "web.incoming_webhook.invalid.app_error");
        if (Buffer.byteLength(body) > 300_000) return { status: 413, body: "Request Entity Too Large" };
        if (parsed(body) === undefined) return error(400, "model.incoming_hook.parse_data.app_error");
        if (checkMattermost(body).length > 0) return error(400, "web.incoming_webhook.parse.app_error");
        desk.posted.push({ body, query: "" });
        return { status: 200, body: "ok" };
      },
    }),
    now,
  );
}
