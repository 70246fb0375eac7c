import { build, readDestinations } from "./app.ts";

const secret = process.env["TAILSCALE_WEBHOOK_SECRET"];
if (secret === undefined)
  throw new Error("Set TAILSCALE_WEBHOOK_SECRET to the secret that Tailscale shows for the endpoint.");
const destinations = readDestinations(process.env["CHAT_WEBHOOK_URLS"] ?? "");
if (destinations.length === 0)
  throw new Error("Set CHAT_WEBHOOK_URLS to one or more webhook URLs, with spaces between them.");
const port = Number(process.env["PORT"] ?? 3000);

const { app, sender } = build({
  secret,
  destinations,
  onReject: (error) => console.warn(`refused: ${JSON.stringify(error.message)}`),
});
const server = app.listen(port, () => console.log(`Waiting for Tailscale at http://localhost:${port}/hooks/tailscale`));

// What waits is still sent.
process.once("SIGTERM", () => {
  server.close();
  void sender.close();
});
