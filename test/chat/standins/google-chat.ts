import { checkGoogleChat } from "../checks/google-chat.ts";
import { type Answer, parsed, type Seen, type StandIn, serve } from "./stand-in.ts";

const PATH = "/v1/spaces/AAAA/messages";

const error = (code: number, status: string): Answer => ({
  status: code,
  body: { error: { code, message: "…", status } },
});

/** chat.googleapis.com: key and token, one message a second without saying when the next may come, request ids. */
export function googleChatStandIn(now: () => number): Promise<StandIn> {
  const seen = new Map<string, string>();
  return serve(
    (desk) => ({
      webhook: `${PATH}?key=keySECRET&token=tokSECRET`,
      requests: 1,
      answer({ method, path, query, headers, body }: Seen, at): Answer {
        if (query.get("key") !== "keySECRET") return error(403, "PERMISSION_DENIED");
        if (query.get("token") !== "tokSECRET") return error(401, "UNAUTHENTICATED");
        if (method !== "POST" || path !== PATH || desk.deleted) return error(404, "NOT_FOUND");
        const earlier = seen.get(query.get("requestId") ?? "");
        if (earlier !== undefined) return { status: 200, body: { name: earlier } };
        if (desk.allowance(1, 1000, at) > 0) return error(429, "RESOURCE_EXHAUSTED");
        if (!/^application\/json; charset=utf-8$/i.test(headers["content-type"] ?? ""))
          return error(400, "INVALID_ARGUMENT");
        const message = parsed(body) as { thread?: object } | undefined;
        if (message === undefined || checkGoogleChat(body).length > 0) return error(400, "INVALID_ARGUMENT");
        // Without it a thread's key opens a new thread each time.
        if (message.thread !== undefined && query.get("messageReplyOption") === null)
          return error(400, "INVALID_ARGUMENT");
        desk.posted.push({ body, query: query.toString() });
        const name = `spaces/AAAA/messages/${desk.posted.length}`;
        const id = query.get("requestId");
        if (id !== null) seen.set(id, name);
        return { status: 200, body: { name } };
      },
    }),
    now,
  );
}
