/** Prometheus Alertmanager signs nothing and sends no id: a bearer token, and a key made of what tells alerts apart. */
import { createVerifier, defineProvider, memoryReplayStore, token } from "@countersign/core";

interface Notification {
  readonly groupKey: string;
  readonly status: "firing" | "resolved";
  readonly alerts: readonly { readonly labels: Record<string, string>; readonly startsAt: string }[];
}

const alertmanager = defineProvider<Notification>({
  name: "alertmanager",
  docs: "https://prometheus.io/docs/alerting/latest/configuration/#webhook_config",
  scheme: token({ header: "authorization", prefix: "Bearer " }),
  // A retry repeats all three; so does a reminder (repeat_interval), which is then answered 200 without the handler.
  key: ({ groupKey, status, alerts }) =>
    JSON.stringify([groupKey, status, ...alerts.map(({ startsAt }) => startsAt).sort()]),
  unprotected: "Nothing is signed: whoever learns the token can send any body, at any time, as often as they like.",
});

const secret = process.env.ALERTMANAGER_TOKEN!; // http_config.authorization.credentials
export const verifier = createVerifier(alertmanager, { secret, replay: memoryReplayStore() });
