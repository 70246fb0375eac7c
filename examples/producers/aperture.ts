import { createSender, type Sender, type SenderOptions } from "@countersign/sender";
import { type ApertureHooks, fromAperture } from "@countersign/systems";

/** Of Aperture's settings. */
export const configuration = (key: string) => `{
  "providers": { "openai": { "baseurl": "https://api.openai.com/", "models": ["gpt-5.5"] } }, // read past
  "hooks": {
    "guard": {
      "url": "https://aperture.example.com/hooks/aperture",
      "apikey": ${JSON.stringify(key)},
      "fail_policy": "fail_closed",
    },
  },
  "grants": [
    {
      "src": ["*"],
      "app": {
        "tailscale.com/cap/aperture": [
          { "send_hooks": [{ "name": "guard", "events": ["pre_request"], "send": ["request_body", "user_message"] }] },
        ],
      },
    },
  ],
}`;

/** Asks a guardrail about prompts as Aperture does. */
export function build(key: string, options: Pick<SenderOptions, "transport"> = {}): { sender: Sender } & ApertureHooks {
  const hooks = fromAperture(configuration(key));
  return { sender: createSender({ ...options, endpoints: hooks.endpoints }), ...hooks };
}
