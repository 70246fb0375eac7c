import { createSender, type Sender, type SenderOptions } from "@countersign/sender";
import { fromApono } from "@countersign/systems";

/** A webhook as Apono's API and Terraform have it. */
export const configuration = String.raw`{
  "name": "TicketSync",
  "active": true,
  "type": {
    "http_request": {
      "url": "https://apono.example.com/hooks/apono",
      "method": "POST",
      "headers": { "Content-Type": "application/json" }
    }
  },
  "body_template": "{ \"event_type\": \"{{event_type}}\", \"event_time\": {{event_time}}, \"data\": { \"id\": \"{{data.id}}\", \"justification\": \"{{data.justification}}\" } }",
  "response_validators": [{ "json_path": "$.data.status", "expected_values": ["open"] }],
  "timeout_in_sec": 60
}`;

/** Sends access requests as Apono does. */
export function build(token: string, options: Pick<SenderOptions, "transport"> = {}): Sender {
  return createSender({
    ...options,
    endpoints: fromApono(configuration, { token, triggers: ["RequestCreated", "RequestGranted"] }),
  });
}
