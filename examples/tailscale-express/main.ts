import { build } from "./app.ts";

const secret = process.env["TAILSCALE_WEBHOOK_SECRET"];
if (secret === undefined)
  throw new Error("Set TAILSCALE_WEBHOOK_SECRET to the secret that Tailscale shows for the endpoint.");
const port = Number(process.env["PORT"] ?? 3000);
const onReject = (error: Error) => console.warn(`refused: ${JSON.stringify(error.message)}`);

build({ secret, onReject }).listen(port, () =>
  console.log(`Waiting for Tailscale at http://localhost:${port}/hooks/tailscale`),
);
