/** Calls the example of a README as its runtime would, and prints what it answers: to a genuine webhook, and to a forged one. */
import process from "node:process";
import { tailscale } from "@countersign/core/providers";
import { signedRequest } from "@countersign/core/testing";

const readme = new URL("readme.js", import.meta.url).href;
const { default: app } = (await import(readme)) as {
  default: { fetch(request: Request): Response | Promise<Response> };
};
const { headers, body } = await signedRequest(tailscale, { secret: process.argv[2] as string, payload: [] });
const post = (bytes: Uint8Array) =>
  app.fetch(
    new Request("http://localhost/hooks/tailscale", {
      method: "POST",
      headers,
      body: bytes as Uint8Array<ArrayBuffer>,
    }),
  );
const statuses = [(await post(body)).status, (await post(new TextEncoder().encode("[{}]"))).status];
console.log(JSON.stringify(statuses));
