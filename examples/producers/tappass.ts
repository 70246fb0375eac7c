import { createSender, type Sender, type SenderOptions } from "@countersign/sender";
import { fromTapPass } from "@countersign/systems";

/** TapPass's config/observability.yaml. */
export const configuration = `
exports:
  - name: security-splunk # TapPass's own exporter: skipped, with a note
    destination: splunk_hec
    splunk: { url: https://splunk.example.com:8088/services/collector }
  - name: audit
    destination: webhook
    webhook:
      url: https://tappass.example.com/hooks/tappass
      headers:
        Authorization: "Bearer \${TAPPASS_TOKEN}"
    filters: { min_severity: warn }
    redact: { categories: [pii.email], strategy: mask }
`;

/** Sends audit events as TapPass does. */
export function build(token: string, options: Pick<SenderOptions, "transport"> = {}): Sender {
  const env = (name: string) => (name === "TAPPASS_TOKEN" ? token : undefined);
  return createSender({ ...options, endpoints: fromTapPass(configuration, { env }) });
}
