import type { WebhookEvent } from "@countersign/core/event";
import type { EndpointOptions, Sender } from "@countersign/sender";
import * as systems from "@countersign/systems";

/** What a system's configuration may read, and what it does not say itself. */
export interface Tools {
  readonly env: (name: string) => string | undefined;
  readonly file: (path: string) => string;
  /** By the id of a webhook: what the system shows nobody. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly tailnet: string;
  /** Groups and tags that whoever made a request belongs to. */
  readonly sources: readonly string[];
}

/** What the endpoints are, whatever the system. */
export interface Loaded {
  readonly endpoints: readonly EndpointOptions[];
  readonly notes: readonly systems.Note[];
  /** The system's own reasons, where the sender's are not all. */
  readonly explain?: (event: WebhookEvent) => Findings;
}
export type Findings = Awaited<ReturnType<Sender["explain"]>>;

/** One of the five, as a row. */
export interface System {
  readonly name: string;
  /** What a configuration of this system has and no other's. */
  readonly looks: RegExp;
  readonly load: (text: string, tools: Tools) => Promise<Loaded> | Loaded;
  /** The system's own event as a sender takes it, where it is one. */
  readonly event: (value: Fields) => WebhookEvent | undefined;
}
type Fields = Readonly<Record<string, unknown>>;

const listed = (endpoints: systems.LoadedEndpoints): Loaded => ({ endpoints, notes: endpoints.notes });

export const SYSTEMS: readonly System[] = [
  {
    name: "tailscale",
    looks: /"?\bendpoint(?:Url|_url)"?\s*[:=]/,
    async load(text, { secrets, tailnet }) {
      const chat = await import("@countersign/chat");
      const formats = {
        slack: chat.slack(),
        discord: chat.discord(),
        mattermost: chat.mattermost(),
        googlechat: chat.googleChat(),
      };
      return listed(systems.fromTailscale(text, { tailnet, formats, secrets: { ...standIns(text), ...secrets } }));
    },
    event: (value) => ("tailnet" in value || "version" in value ? systems.tailscaleEvent(value as never) : undefined),
  },
  {
    name: "stalwart",
    looks: /^\s*\[webhook\.|"(?:eventsPolicy|signatureKey|httpAuth|discardAfter|x:WebHook)|"@type"\s*:\s*"WebHook"/m,
    load(text, { secrets, env, file }) {
      const named = [...Object.keys(secrets).map((name) => name.replace(/\.auth$/, "")), ...maskedIds(text)];
      const own = Object.fromEntries([...new Set(named)].map((id) => [id, stalwartSecrets(id, text, secrets)]));
      return listed(systems.fromStalwart(text, { secrets: own, readers: { env, file } }));
    },
    event: () => undefined,
  },
  {
    name: "aperture",
    looks: /"hooks"\s*:|tailscale\.com\/cap\/aperture|send_hooks/,
    load(text, { sources }) {
      const { endpoints, notes, explain } = systems.fromAperture(text, {
        inSource: (source) => sources.includes(source),
      });
      return {
        endpoints,
        notes,
        explain: (event) =>
          explain(event).map(({ hook, told, cause, reason }) => ({
            endpoint: hook,
            sent: told ? "now" : "never",
            cause,
            reason,
          })),
      };
    },
    event: (value) => ("metadata" in value ? systems.apertureEvent(value as never) : undefined),
  },
  {
    name: "tappass",
    looks: /^\s*"?exports"?\s*:/m,
    async load(text, { env }) {
      const { slack, discord, googleChat } = await import("@countersign/chat");
      const formats = { slack: slack(), discord: discord(), googlechat: googleChat() };
      return listed(systems.fromTapPass(text, { env, formats }));
    },
    event: (value) => ("event_kind" in value ? systems.tappassEvent(value as never) : undefined),
  },
  {
    name: "apono",
    looks: /"(?:body_template|http_request|response_validators|timeout_in_sec|triggers)"\s*:/,
    load: (text, { secrets }) => {
      const [token] = Object.values(secrets);
      return listed(systems.fromApono(text, token === undefined ? {} : { token }));
    },
    event: (value) =>
      typeof value.event_type === "string" ? { type: value.event_type, data: value.data ?? {} } : undefined,
  },
];

/** Stands for a secret that the configuration does not show and nobody gave: enough to look, not to send. */
export const UNKNOWN_SECRET = "whsec_not_known_to_this_command";

const TAILSCALE_ID = /"(?:endpointId|id)"\s*:\s*"([^"\\]{1,100})"/g;
function standIns(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(TAILSCALE_ID)].map(([, id = ""]) => [id, UNKNOWN_SECRET]));
}

/** What Stalwart's API shows in the place of every secret. */
const MASKED = '"****"';

interface MaskedWebhook {
  readonly id: string;
  readonly signatureKey: boolean;
  readonly httpAuth: boolean;
}

/** The webhooks of a JSON text whose secrets are masked. */
function maskedWebhooks(text: string): readonly MaskedWebhook[] {
  const found: MaskedWebhook[] = [];
  if (!text.includes(MASKED)) return found;
  const isMasked = (value: unknown) => JSON.stringify(value ?? null).includes(MASKED);
  try {
    // The reviver is called for every object of the text, from within.
    JSON.parse(text, (_, value) => {
      const id = typeof value === "object" && value !== null ? value.id : undefined;
      if (typeof id === "string")
        found.push({ id, signatureKey: isMasked(value.signatureKey), httpAuth: isMasked(value.httpAuth) });
      return value;
    });
  } catch {
    // Not JSON: what reads the configuration says what is wrong with it.
  }
  return found;
}

const maskedIds = (text: string) => maskedWebhooks(text).map(({ id }) => id);

/** What was given for one webhook, and a stand-in for each masked secret that was not. */
function stalwartSecrets(id: string, text: string, secrets: Tools["secrets"]): systems.StalwartOwnSecrets {
  const masked = maskedWebhooks(text).find((one) => one.id === id);
  const signatureKey = secrets[id] ?? (masked?.signatureKey ? UNKNOWN_SECRET : undefined);
  const httpAuth = secrets[`${id}.auth`] ?? (masked?.httpAuth ? UNKNOWN_SECRET : undefined);
  return { ...(signatureKey === undefined ? {} : { signatureKey }), ...(httpAuth === undefined ? {} : { httpAuth }) };
}
