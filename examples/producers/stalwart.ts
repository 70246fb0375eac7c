import { createSender, type Sender, type SenderOptions } from "@countersign/sender";
import { fromStalwart } from "@countersign/systems";

/** Of Stalwart's config.toml, up to 0.15. */
export const configuration = `
[server]
hostname = "mail.example.org"

[webhook."auth-audit"]
url = "https://stalwart.example.com/hooks/stalwart"
events = ["auth.*", "security.authentication-ban"]
throttle = "1s"
signature-key = "%{env:STALWART_KEY}%"
`;

/** Sends a mail server's events as Stalwart does. */
export function build(key: string, options: Pick<SenderOptions, "transport"> = {}): Sender {
  const readers = { env: (name: string) => (name === "STALWART_KEY" ? key : undefined) };
  return createSender({ ...options, readers, endpoints: fromStalwart(configuration) });
}
