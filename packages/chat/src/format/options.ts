import { ConfigurationError } from "@countersign/core";
import { at, checkChoice, checkFunction, checkOptions, type KeysOf } from "@countersign/core/checks";
import type { WebhookEvent } from "@countersign/core/event";
import type { Message, Renderer } from "../message/message.ts";
import type { RenderOptions } from "../render/render.ts";
import { isHostPattern } from "../text/trust.ts";
import { MAX_URL, safeUrl } from "../text/url.ts";

/** What all four formatters take. */
export interface ChatOptions {
  /**
   * What an event says: one message, several, or none. @default `render`, which knows the events of Tailscale,
   * Stalwart, Aperture, TapPass and Apono, and has a sound answer for any other JSON. It may ask for events of a type of
   * your own, `(event: WebhookEvent<Order>) => …`: that only such events are sent is then yours to see to.
   */
  render?(event: WebhookEvent): ReturnType<Renderer>;
  /**
   * The address of each system's console, for `render`: its messages lead there, unless the event has a page of its
   * own. @default none
   */
  readonly consoles?: RenderOptions["consoles"];
  /**
   * Hosts that may be linked wherever they are named: `"git.example.com"`, or `"*.yak-bebop.ts.net"` for all below it.
   * No zero-width space breaks them, so that a copied name works in a terminal. @default none
   */
  readonly trustedHosts?: readonly string[];
  /**
   * What happens to what does not fit: `"cut"` shortens it and says by how much, `"split"` sends several messages
   * (at most twenty, the rest is cut). @default "cut"
   */
  readonly overflow?: "cut" | "split";
  /**
   * Another origin that takes this platform's webhooks: a forwarding proxy, or a stand-in in tests. The path and query
   * of an endpoint's URL are checked all the same. @default the platform's own hosts
   */
  readonly origin?: string;
}

/** The options of {@link ChatOptions}, for the tables of those who have more. */
export const CHAT_OPTIONS: KeysOf<ChatOptions> = {
  render: "optional",
  consoles: "optional",
  trustedHosts: "optional",
  overflow: "optional",
  origin: "optional",
};

/** Refuses unknown options, and checks those that all formatters take. @throws ConfigurationError */
export function checkChatOptions<Options extends ChatOptions>(
  options: Options,
  keys: KeysOf<Options>,
  path: string,
): void {
  checkOptions(options, keys, path);
  const { render, overflow, origin, consoles, trustedHosts } = options;
  checkFunction(render, at(path, "render"));
  if (overflow !== undefined) checkChoice(overflow, at(path, "overflow"), ["cut", "split"]);
  if (origin !== undefined) checkOrigin(origin, at(path, "origin"));
  if (consoles !== undefined) checkConsoles(consoles, at(path, "consoles"));
  if (trustedHosts !== undefined) checkHosts(trustedHosts, at(path, "trustedHosts"));
}

function checkHosts(hosts: unknown, path: string): void {
  if (!Array.isArray(hosts)) throw new ConfigurationError(path, `${path} must be a list of hosts.`);
  for (const [index, host] of hosts.entries()) {
    if (isHostPattern(host)) continue;
    const where = `${path}[${index}]`;
    throw new ConfigurationError(where, `${where} must be a host's whole name, or \`*.\` and one for all below it.`);
  }
}

const CONSOLES: KeysOf<NonNullable<RenderOptions["consoles"]>> = {
  tailscale: "optional",
  stalwart: "optional",
  aperture: "optional",
  tappass: "optional",
  apono: "optional",
};

function checkConsoles(consoles: NonNullable<RenderOptions["consoles"]>, path: string): void {
  checkOptions(consoles, CONSOLES, path);
  for (const [system, url] of Object.entries(consoles)) {
    if (url === undefined || safeUrl(url) !== undefined) continue;
    throw new ConfigurationError(at(path, system), `${at(path, system)} must be an http or https address.`);
  }
}

function checkOrigin(origin: unknown, path: string): void {
  if (typeof origin === "string" && URL.canParse(origin) && /^https?:$/.test(new URL(origin).protocol)) return;
  throw new ConfigurationError(
    path,
    `${path} must be a scheme, a host and perhaps a port, such as https://proxy.example.com.`,
  );
}

/** Checks the address of an image that the platform fetches. @throws ConfigurationError */
export function checkImage(url: unknown, path: string): void {
  if (url === undefined || safeUrl(url) !== undefined) return;
  throw new ConfigurationError(path, `${path} must be an http or https URL of at most ${MAX_URL} characters.`);
}

/** A text, or a function that finds it in a message. */
export type TextOf = string | ((message: Message) => string | undefined);

/**
 * Checks a {@link TextOf}. What a function finds is checked when it is found.
 *
 * @param must what the text has to be: `"a thread's id, 17 to 20 digits"`
 * @throws ConfigurationError
 */
export function checkTextOf(value: unknown, path: string, valid: (text: string) => boolean, must: string): void {
  if (value === undefined || typeof value === "function" || (typeof value === "string" && valid(value))) return;
  throw new ConfigurationError(path, `${path} must be ${must}, or a function that finds it.`);
}

/** A key for what functions find in a message; `undefined` where none of the options is a function. */
export function keyOf(...options: readonly (TextOf | undefined)[]): ((message: Message) => string) | undefined {
  if (!options.some((option) => typeof option === "function")) return undefined;
  return (message) => JSON.stringify(options.map((option) => textOf(option, [message]) ?? null));
}

/** The text for these messages, whatever an untyped function gives. */
export function textOf(option: TextOf | undefined, messages: readonly Message[]): string | undefined {
  const value = typeof option === "function" ? messages[0] && option(messages[0]) : option;
  return typeof value === "string" ? value : undefined;
}
