import { createSender, type Sender, type SenderOptions } from "@countersign/sender";
import { fromTailscale } from "@countersign/systems";

/** What Tailscale's API answers when it lists webhooks. It never has the secrets. */
export const configuration = `{
  "webhooks": [
    {
      "endpointId": "nQx7EXAMPLE1",
      "endpointUrl": "https://tailscale.example.com/hooks/tailscale",
      "providerType": "",
      "subscriptions": ["categoryTailnetManagement", "categoryDeviceMisconfigurations"],
    },
  ],
}`;

/** Sends a tailnet's events as Tailscale does. */
export function build(secret: string, options: Pick<SenderOptions, "transport"> = {}): Sender {
  const endpoints = fromTailscale(configuration, { tailnet: "example.com", secrets: { nQx7EXAMPLE1: secret } });
  return createSender({ ...options, endpoints });
}
