import { type Answer, ConfigurationError } from "../errors/errors.ts";
import type { RequestHead } from "../head/head.ts";
import { getHeader } from "../head/headers.ts";
import type { MaybePromise } from "../lib/promises.ts";
import { neededHeaders } from "../scheme/compile.ts";
import { CHOICES, checkRow, type PayloadOf, type Provider, row } from "../scheme/provider.ts";
import { Arrival } from "./arrival.ts";
import { begin } from "./begin.ts";
import type { Incoming } from "./incoming.ts";
import type { VerifierOptions } from "./options.ts";
import type { Log } from "./report.ts";
import { resolveOptions, type Settings } from "./settings.ts";

/** When a row of `until()` ends, in milliseconds since the epoch. */
const UNTIL: unique symbol = Symbol("until");
interface Ending {
  readonly [UNTIL]?: number;
}

/** What `anyOf()` and `until()` leave on a row. */
export interface Choices {
  /** The row that a head is judged by: what it shows decides, and no row is tried after another. */
  choose(head: RequestHead): Provider;
  /** A receiver over all of them. @throws ConfigurationError */
  open(
    options: VerifierOptions<any, any, any>,
    logOf?: (context: any) => Log | undefined,
  ): {
    /** Those of the first row: what they share is the same in all. */
    readonly settings: Settings;
    begin(head: RequestHead, context?: unknown): MaybePromise<Incoming | Answer>;
  };
}

const MOST = 16;

/**
 * One route for several providers: to move from one scheme to another without a gap, or for one address that several
 * systems call. The request's headers decide which row it is judged by; no row is tried after another has refused, so
 * that a request is never as good as its weakest reading. `delivery.provider` tells which it was.
 *
 * Give `secret` as an object by provider name, or one secret that all have in common. With a replay store they share
 * one namespace, named after the first row, and the digest of the body is claimed beside the id: an event that comes
 * signed both ways is handled once. List the row first that the route had alone before, so that what it handled stays
 * known.
 *
 * @throws ConfigurationError for two rows that no header tells apart
 * @example
 * ```ts
 * import { anyOf, createVerifier, until } from "@countersign/core";
 * import { github, gitlab } from "@countersign/core/providers";
 *
 * createVerifier(anyOf(github, until("2027-06-30", gitlab)), {
 *   secret: { github: "a long random string", gitlab: "another one" },
 * });
 * ```
 */
export function anyOf<Rows extends readonly [Provider<any>, ...Provider<any>[]]>(
  ...rows: Rows
): Provider<PayloadOf<Rows[number]>> {
  for (const one of rows) checkRow(one);
  if (rows.length === 0 || rows.length > MOST)
    throw new ConfigurationError("provider", `anyOf() takes 1 to ${MOST} providers.`);
  const ways = rows.map((provider) => ({ provider, needed: neededHeaders(provider.scheme) }));
  ways.forEach((way, i) => {
    for (const other of ways.slice(0, i)) checkApart(way, other);
  });
  return row({ ...(rows[0] as Provider<any>), [CHOICES]: choicesOf(ways) });
}

/**
 * A provider whose requests are accepted until a date: the old scheme of a migration. After it they are refused as 401.
 *
 * @param date a `Date`, or what `new Date()` reads: `"2027-06-30"` is midnight UTC
 * @throws ConfigurationError for what is no date
 */
export function until<Payload>(date: Date | string, provider: Provider<Payload>): Provider<Payload> {
  checkRow(provider);
  const end = new Date(date).getTime();
  if (Number.isNaN(end)) throw new ConfigurationError("date", 'until() needs a date, such as "2027-06-30".');
  const ending: Provider<Payload> & Ending = { ...provider, [UNTIL]: end };
  return row({ ...ending, [CHOICES]: choicesOf([{ provider: ending, needed: neededHeaders(provider.scheme) }]) });
}

interface Way {
  readonly provider: Provider<any> & Ending;
  readonly needed: readonly string[];
}

function checkApart(a: Way, b: Way): void {
  const names = [a.provider.name, b.provider.name];
  if (names[0] === names[1])
    throw new ConfigurationError("provider", `anyOf() was given two rows of the name "${names[0]}".`);
  if (a.needed.length !== b.needed.length || a.needed.some((name) => !b.needed.includes(name))) return;
  throw new ConfigurationError(
    "provider",
    `${names[1]} and ${names[0]} show themselves by the same headers (${a.needed.join(", ") || "none"}), so nothing tells which one a request is. Give each a route of its own.`,
  );
}

function choicesOf(ways: readonly Way[]): Choices {
  const open: Choices["open"] = (options, logOf) => {
    const all = ways.map(({ provider }) => {
      const own = optionsOf(ways, provider, options);
      return resolveOptions(row({ ...provider, [CHOICES]: undefined }), own, logOf, ways[0]?.provider.name);
    });
    return {
      settings: all[0] as Settings,
      begin(head, context) {
        const index = indexFor(ways, head);
        const settings = all[index] as Settings;
        const end = ways[index]?.provider[UNTIL];
        if (end === undefined || settings.clock.now() < end) return begin(settings, head, context);
        const { name } = settings.provider;
        const why = `It comes as from ${name}, which was accepted until ${new Date(end).toISOString()} only`;
        return new Arrival(settings, head, context).refuse("unknown_sender", why);
      },
    };
  };
  return { choose: (head) => ways[indexFor(ways, head)]?.provider as Provider, open };
}

/** The row whose headers are all there; where several are, the one that needs most, then the first. Else one whose set-up request this may be, else the first. */
function indexFor(ways: readonly Way[], { method, headers, rawHeaders }: RequestHead): number {
  let best = -1;
  let most = -1;
  ways.forEach(({ needed }, i) => {
    if (needed.length <= most || needed.some((name) => getHeader(headers, name, rawHeaders) === undefined)) return;
    best = i;
    most = needed.length;
  });
  if (best >= 0) return best;
  const settingUp = ways.findIndex(({ provider: { handshake } }) => {
    return handshake?.open !== undefined && (handshake.method ?? "POST") === (method ?? "POST");
  });
  return Math.max(settingUp, 0);
}

/** The options as one row takes them: its own secret, and nothing that only another row knows what to do with. */
function optionsOf(
  ways: readonly Way[],
  provider: Provider<any>,
  options: VerifierOptions<any, any, any>,
): VerifierOptions<any, any, any> {
  const own: Record<string, unknown> = { ...options, secret: secretOf(ways, provider, options?.secret) };
  const lacks = (fits: (provider: Provider<any>) => boolean) =>
    !fits(provider) && ways.some((way) => fits(way.provider));
  if (lacks(isTimed)) own.tolerance = undefined;
  if (lacks(({ handshake }) => handshake?.needs !== undefined)) own.handshake = undefined;
  return own as unknown as VerifierOptions<any, any, any>;
}

function isTimed({ scheme, occurredAt }: Provider<any>): boolean {
  return ("tolerance" in scheme && scheme.tolerance !== undefined) || "timestamp" in scheme || occurredAt !== undefined;
}

function secretOf(ways: readonly Way[], { name }: Provider<any>, secret: unknown): unknown {
  const named =
    typeof secret === "object" && secret !== null && !Array.isArray(secret) && !(secret instanceof Uint8Array);
  if (!named) return secret;
  for (const key of Object.keys(secret)) {
    if (ways.some(({ provider }) => provider.name === key)) continue;
    throw new ConfigurationError(`secret.${key}`, `secret.${key} is for no provider of this route.`);
  }
  return (secret as Record<string, unknown>)[name];
}
