import { ConfigurationError, type Provider } from "@countersign/core";
import { coversBody } from "@countersign/core/scheme";
import { providerNamed } from "../provider/find.ts";
import { curlLine } from "../request/curl-line.ts";
import { type SavedRequest, saved, Unreadable } from "../request/saved.ts";
import { signRequest } from "../request/signing.ts";
import { Failure } from "../terminal/failure.ts";
import type { Entry } from "./entry.ts";
import type { PageOptions } from "./options.ts";
import { pathOf, sendTo } from "./send.ts";
import { TAMPERS, type Tamper, type Tampering } from "./tampers.ts";
import type { Sent } from "./wire.ts";

/** What was asked for cannot be done, in a sentence for whoever sits at the page. */
export class Refused extends Error {
  override readonly name = "Refused";
}

/** Sends a delivery again: `"as-is"`, `"anew"` or with one of the changes. @throws Refused */
export async function resend(entry: Entry, how: string, options: PageOptions, signal: AbortSignal): Promise<Sent> {
  const { request, called, provider } = entry;
  if (entry.origin === "")
    throw new Refused("Where it came in is not known, so that it cannot be sent there again: --to says where.");
  if (how === "as-is")
    return { what: "Sent again, as it was", ...(await sendTo(entry.origin, request, called, signal)) };
  if (how === "anew") {
    if (provider === undefined || !canSign(provider, options))
      throw new Refused("Nothing is signed here without the secret: --provider and --secret-env give it.");
    const signed = await signedAnew({ ...request, url: called }, provider, options);
    const sent = await sendTo(entry.origin, { ...request, headers: signed.headers }, called, signal);
    return { what: "Signed anew and sent", genuine: true, ...sent };
  }
  const tamper = Object.hasOwn(TAMPERS, how) ? TAMPERS[how] : undefined;
  if (tamper === undefined) throw new Refused("There is no such change.");
  const changed = await tampered(tamper, { request, called, provider, now: options.now() });
  if (changed === undefined) throw new Refused(`${tamper.label}: there is nothing in this delivery to change so.`);
  const noticed = tamper.touches === "proof" || (provider !== undefined && coversBody(provider.scheme));
  const sent = await sendTo(entry.origin, changed, called, signal);
  return { what: tamper.label, ...(provider !== undefined && noticed ? { genuine: false } : {}), ...sent };
}

async function tampered(tamper: Tamper, tampering: Tampering): Promise<SavedRequest | undefined> {
  try {
    return await tamper.change(tampering);
  } catch (error) {
    if (error instanceof ConfigurationError || error instanceof Failure) return undefined;
    throw error;
  }
}

/** A body of one's own. */
export interface OwnBody {
  readonly provider: string;
  /** Where it goes behind the receiver's origin: `"/hooks"`. */
  readonly path: string;
  readonly body: string;
}

/** Signs a body as the provider would. Gives back the curl line, and sends it where that is asked for. @throws Refused */
export async function signOwn(
  { provider: name, path, body }: OwnBody,
  send: boolean,
  options: PageOptions,
  signal: AbortSignal,
): Promise<{ readonly curl: string; readonly sent?: Sent }> {
  const origin = options.origin();
  const provider = options.provider?.name === name ? options.provider : named(name);
  if (origin === undefined || !canSign(provider, options)) throw new Refused("Nothing can be signed here.");
  const [method = "POST"] = provider.methods ?? [];
  const url = origin + pathOf(path);
  const request = own({ method, url, headers: [], body: Buffer.from(body), form: "a body" });
  const { headers } = await signedAnew(request, provider, options);
  const { scheme } = provider;
  const fromShell = scheme.kind === "token" ? { [scheme.header]: `${scheme.prefix}${options.secrets[0]?.shell}` } : {};
  const curl = curlLine({ method, url, headers, body: request.body, fromShell });
  if (!send) return { curl };
  const sent = await sendTo(origin, { ...request, url: pathOf(path), headers }, url, signal);
  return { curl, sent: { what: `Signed as ${provider.name} and sent`, genuine: true, ...sent } };
}

/** Whether this process holds what signs as the provider does: a receiver's public key does not. */
export function canSign(provider: Provider<any>, { secrets }: PageOptions): boolean {
  return secrets.length > 0 && (provider.scheme.kind === "hmac" || provider.scheme.kind === "token");
}

async function signedAnew(request: SavedRequest, provider: Provider<any>, { secrets, now }: PageOptions) {
  try {
    return await signRequest(provider, request, { secrets, time: now() });
  } catch (error) {
    if (error instanceof ConfigurationError) throw new Refused(error.message);
    throw error;
  }
}

function named(name: string): Provider<any> {
  try {
    return providerNamed(name);
  } catch (error) {
    if (error instanceof Failure || error instanceof ConfigurationError) throw new Refused(error.message);
    throw error;
  }
}

function own(request: Parameters<typeof saved>[0]): SavedRequest {
  try {
    return saved(request);
  } catch (error) {
    if (error instanceof Unreadable) throw new Refused(`It cannot be sent: ${error.message}`);
    throw error;
  }
}
