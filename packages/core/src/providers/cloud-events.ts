import { ConfigurationError } from "../errors/errors.ts";
import { getPlainHeader } from "../head/headers.ts";
import { token } from "../kind/token.ts";
import { type Provider, row } from "../scheme/provider.ts";
import { batchKey, checkOptions, joinKey, textAt } from "./fields.ts";

/** One event in the structured form (`application/cloudevents+json`). */
export interface CloudEvent {
  /** The version of the specification, such as `"1.0"`. */
  readonly specversion: string;
  /** Unique within its source; with it the replay key. */
  readonly id: string;
  /** Who sends it, as a URI reference. */
  readonly source: string;
  /** What happened, in the sender's own reversed DNS name: `com.example.object.deleted`. */
  readonly type: string;
  /** When it happened, RFC 3339; not all senders say. */
  readonly time?: string;
  /** The sender's own content, in whatever shape it chooses. */
  readonly data?: unknown;
  readonly [attribute: string]: unknown;
}

/** Which senders are granted delivery when they ask, and at which rate. */
export interface CloudEventsOptions {
  /** The DNS names that senders give in `WebHook-Request-Origin`, to the letter: no prefix and no wildcard is taken. */
  readonly origins: readonly string[];
  /** How many requests a minute are granted where a sender asks; default `120`. */
  readonly rate?: number;
}

const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/i;

/**
 * CloudEvents' HTTP web hooks: a bearer token, and the validation request (`OPTIONS`) that a sender makes first. It is
 * granted to the origins that you name, compared whole. `WebHook-Request-Callback` is not called: anybody could write
 * any address there. Route `OPTIONS` to the handler too: `app.all()` in Express.
 *
 * @throws ConfigurationError for origins that are no DNS names
 * @see https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { cloudEvents } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(cloudEvents({ origins: ["eventgrid.azure.net"] }), { secret: "a-long-random-token" });
 * const { status, headers } = await verifier.respond(
 *   { method: "OPTIONS", url: "/hooks", headers: { "webhook-request-origin": "eventgrid.azure.net" }, body: "" },
 *   () => {},
 * );
 * console.log(status, headers["webhook-allowed-origin"]); // 200 eventgrid.azure.net
 * ```
 */
export function cloudEvents(options: CloudEventsOptions): Provider<CloudEvent | readonly CloudEvent[]> {
  checkOptions(options, ["origins", "rate"], "cloudEvents()");
  const { origins, rate = 120 } = options;
  if (
    !Array.isArray(origins) ||
    origins.length === 0 ||
    !origins.every((one) => typeof one === "string" && NAME.test(one))
  )
    throw new ConfigurationError("origins", 'origins must list DNS names: ["eventgrid.azure.net"].');
  if (!Number.isInteger(rate) || rate < 1) throw new ConfigurationError("rate", "rate must be a whole number from 1.");
  const allowed = new Set(origins.map((one) => one.toLowerCase()));
  return row<CloudEvent | readonly CloudEvent[]>({
    name: "cloud-events",
    docs: "https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md",
    scheme: token({ header: "authorization", prefix: "Bearer " }),
    key: (payload) => (Array.isArray(payload) ? batchKey(payload, keyOf) : keyOf(payload)),
    contentType: "application/cloudevents+json",
    handshake: {
      method: "OPTIONS",
      open({ headers, rawHeaders }) {
        const origin = getPlainHeader(headers, "webhook-request-origin", rawHeaders);
        if (typeof origin !== "string" || !allowed.has(origin.toLowerCase())) return undefined;
        const asked = getPlainHeader(headers, "webhook-request-rate", rawHeaders);
        return {
          status: 200,
          headers: {
            allow: "POST",
            "webhook-allowed-origin": origin,
            ...(asked === undefined ? {} : { "webhook-allowed-rate": String(rate) }),
          },
          body: "",
        };
      },
    },
    unprotected: "Nothing is signed: whoever learns the token can send any body, at any time, as often as they like.",
  });
}

function keyOf(event: unknown): string | undefined {
  return joinKey(textAt(event, "source"), textAt(event, "id"));
}
