import type { AddressInfo } from "node:net";
import { createVerifier } from "@countersign/core";
import { stalwart, tailscale } from "@countersign/core/providers";
import { signedRequest } from "@countersign/core/testing";
import { recordingReceiver } from "@countersign/sender/testing";
import type { StalwartWebhookConfig } from "@countersign/systems";
import { build } from "./app.ts";

const onReject = (error: Error) => console.warn(`refused: ${JSON.stringify(error.message)}`);
const { TAILSCALE_WEBHOOK_SECRET: secret, TARGET_URL: url, TARGET_KEY: key, PORT: port = "3000" } = process.env;

if (secret !== undefined && url !== undefined && key !== undefined) relay(secret, targetOf(url, key), Number(port));
else await demonstrate();

function targetOf(url: string, secret: string): StalwartWebhookConfig {
  // Whatever Tailscale sends goes on: nothing is excluded.
  return { url, eventsPolicy: "exclude", throttle: "100ms", signatureKey: { "@type": "Value", secret } };
}

function relay(secret: string, target: StalwartWebhookConfig, port: number): void {
  const { app, sender } = build({ secret, target, onReject });
  const server = app.listen(port, () =>
    console.log(`Waiting for Tailscale at http://localhost:${port}/hooks/tailscale`),
  );
  // What waits is still sent.
  process.once("SIGTERM", () => {
    server.close();
    void sender.close();
  });
}

/** The whole way on this machine: one signed event in, one signed envelope out. */
async function demonstrate(): Promise<void> {
  console.log("TAILSCALE_WEBHOOK_SECRET, TARGET_URL and TARGET_KEY are not set: showing the way on this machine.\n");
  const [secret, key] = ["tskey-webhook-demo", "a-key-for-the-demonstration"];
  const receiver = await recordingReceiver();
  const guard = { allow: ["127.0.0.0/8"], schemes: ["http"] } as const;
  const { app, sender } = build({ secret, target: targetOf(receiver.url, key), onReject, sender: { guard } });
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));

  const body = JSON.stringify([
    {
      timestamp: new Date().toISOString(),
      version: 1,
      type: "nodeCreated",
      tailnet: "example.com",
      message: "Node created",
    },
  ]);
  const { headers } = await signedRequest(tailscale, { secret, body });
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/hooks/tailscale`, { method: "POST", headers, body });
  console.log(`in   ${headers["tailscale-webhook-signature"]?.slice(0, 24)}… answered ${answer.status}`);

  await receiver.received(1);
  const request = receiver.requests[0] as (typeof receiver.requests)[number];
  const delivery = await createVerifier(stalwart, { secret: key }).verify(request);
  console.log(`out  x-signature: ${request.headers["x-signature"]} verified`);
  console.log(delivery.text());

  server.close();
  await sender.close();
  await receiver.close();
}
