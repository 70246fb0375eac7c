/** A receiver with its live page, and deliveries for it. */
import { createHmac } from "node:crypto";
import { afterEach } from "vitest";
import { SECRETS, start } from "./command.ts";

const running: ReturnType<typeof start>[] = [];
afterEach(() => {
  for (const one of running.splice(0)) one.process.kill("SIGKILL");
});

export const GITHUB = ["--provider", "github", "--secret-env", "WEBHOOK_SECRET"];

export async function listenWithPage(...args: string[]) {
  const child = start(["listen", "--page", "--port", "0", "--no-keep", ...args]);
  running.push(child);
  const said = await child.says("Ctrl-C ends it");
  const [url = ""] = /(?<=Listening on )\S+?(?=,|\s)/.exec(said) ?? [];
  const [page = ""] = /(?<=The page: )\S+/.exec(said) ?? [];
  const [origin = "", token = ""] = page.split("/#");
  return { ...child, url, page, origin, token };
}

/** A delivery of GitHub's. `signed` is what was signed, where that is not the body. */
export function deliver(url: string, body: string, { signed = body, path = "/hooks", event = "push" } = {}) {
  const signature = createHmac("sha256", SECRETS.WEBHOOK_SECRET).update(signed).digest("hex");
  const headers = {
    "content-type": "application/json",
    "x-github-event": event,
    "x-hub-signature-256": `sha256=${signature}`,
  };
  return fetch(url + path, { method: "POST", body, headers });
}
