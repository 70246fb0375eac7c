import { aperture, stalwart, tailscale } from "@countersign/core/providers";
import { createSender, type EndpointOptions, json, type WebhookEvent } from "@countersign/sender";
import { type Case, SECRETS } from "./cases.ts";

/** A sender with one endpoint for each receiver, which signs and writes as the real system does. */
export function createDemoSender(urls: Readonly<Record<Case["to"], string>>) {
  const data = (event: WebhookEvent) => event.data;
  const endpoints: EndpointOptions[] = [
    {
      name: "tailscale",
      url: urls.tailscale,
      sign: { provider: tailscale, secret: SECRETS.tailscale },
      body: json({ event: data, root: "array" }),
    },
    {
      name: "stalwart",
      url: urls.stalwart,
      sign: { provider: stalwart, secret: SECRETS.stalwart },
      body: json({ event: data, root: { property: "events" } }),
    },
    {
      name: "aperture",
      url: urls.aperture,
      sign: { provider: aperture({ event: "pre_request" }), secret: SECRETS.aperture },
      body: json({ event: data }),
    },
  ];
  // The receivers stand on this machine, where a sender may not connect unless it is told so.
  const sender = createSender({ endpoints, guard: { allow: ["127.0.0.0/8"], schemes: ["http"] } });

  return {
    close: () => sender.close(),
    async deliver(to: Case["to"], event: WebhookEvent): Promise<{ status: number; text: string }> {
      if (to === "aperture") {
        const { response } = await sender.call(to, event);
        return { status: response?.status ?? 0, text: response?.body ?? "" };
      }
      const handle = await sender.send(event, { to });
      const [outcome] = await handle.outcome();
      const last = outcome?.history.at(-1);
      return { status: last?.status ?? 0, text: last?.excerpt ?? "" };
    },
  };
}
