/** From `@octokit/webhooks`. GitHub signs the body and not the header with the event's name: ask the payload. */
import { createServer } from "node:http";
import { createVerifier } from "@countersign/core";
import { github } from "@countersign/core/providers";
import { createNodeMiddleware, Webhooks } from "@octokit/webhooks";

const secret = process.env.GITHUB_WEBHOOK_SECRET!;

const webhooks = new Webhooks({ secret });
webhooks.on("issues.opened", ({ payload }) => console.log(payload.issue.title));
export const before = createServer(createNodeMiddleware(webhooks, { path: "/hooks/github" }));

const verifier = createVerifier(github, { secret });
export const after = createServer((req, res) => {
  const handled = verifier.handleIncoming(req, res, ({ payload }) => {
    if ("issue" in payload && payload.action === "opened") console.log((payload.issue as { title: string }).title);
  });
  handled.catch((error) => res.destroy(error));
});
