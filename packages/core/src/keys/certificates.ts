import { KeyFault } from "../crypto/key-fault.ts";
import { looksLikePem, splitPem } from "../crypto/pem.ts";
import { checkTexts } from "../errors/checks.ts";
import { ConfigurationError } from "../errors/errors.ts";
import type { MaybePromise } from "../lib/promises.ts";
import { algorithmNamed } from "../scheme/algorithms.ts";
import type { Secrets } from "../scheme/secret.ts";
import { checkAddress, nameOf } from "./address.ts";
import { Bucket } from "./bucket.ts";
import { unavailable } from "./get.ts";
import { type SourceKey, usableKeys } from "./key-set.ts";
import type { KeyLookup } from "./lookup.ts";
import { type KeySourceOptions, resolveOptions } from "./options.ts";
import { KeySource } from "./source.ts";

/** More than a vendor has at a time. */
const MOST = 32;
/** Addresses that nobody has asked for yet: so many at once, then one in ten seconds, however many are named. */
const BURST = 5;
const INTERVAL = 10_000;
/** What may stand behind a folder: one name, with nothing in it that a server could read otherwise. */
const FILE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;

/**
 * Certificates under addresses that requests name, as a secret: only files of the folders that you list are fetched. The
 * key of the certificate is taken, as the vendor's own server has it over https; neither its chain nor its time is looked
 * at, so list a folder that nobody but the vendor can write to.
 *
 * @param folders whole URLs, each ending with a slash; a request's address is one of them and a file's name
 * @throws ConfigurationError for a folder that is not https or has no slash at its end, or an option that is wrong
 * @example
 * ```ts
 * import { certificates } from "@countersign/core/keys";
 *
 * const secret = certificates(["https://api.paypal.com/v1/notifications/certs/"]);
 * ```
 */
export function certificates(folders: readonly string[], options: KeySourceOptions = {}): KeyLookup {
  const { allowLoopback, ...settings } = resolveOptions(options);
  const pinned = checkTexts(folders, "folders").map((folder) => checkFolder(folder, allowLoopback));
  if (pinned.length === 0) throw new ConfigurationError("folders", "folders must list one at least.");
  const sources = new Map<string, KeySource>();
  /** Asked for the first time just now: several requests wait for one fetch. */
  const trying = new Map<string, KeySource>();
  const unknown = new Bucket(BURST, INTERVAL);
  const now = () => settings.clock.monotonic?.() ?? settings.clock.now();

  function sourceOf(url: string): KeySource {
    const known = sources.get(url) ?? trying.get(url);
    if (known !== undefined) return known;
    const address = new URL(url);
    if (!unknown.take(now())) throw unavailable(nameOf(address), "too many addresses that were new have been named");
    return new KeySource(address, nameOf(address), readCertificate, settings);
  }

  return function findCertificate(_request, _context, wanted): MaybePromise<Secrets | null> {
    const url = wanted?.url;
    const folder = url === undefined ? undefined : pinned.find((one) => url.startsWith(one));
    if (url === undefined || folder === undefined || !FILE.test(url.slice(folder.length))) return null;
    const algorithm = wanted?.algorithm === undefined ? undefined : algorithmNamed(wanted.algorithm);
    const source = sourceOf(url);
    const found = source.find(undefined, algorithm) as MaybePromise<Secrets | null>;
    if (!(found instanceof Promise) || sources.has(url)) return found;
    trying.set(url, source);
    // Kept once it is there: a name that leads to nothing must not push out one that does.
    return found
      .finally(() => trying.delete(url))
      .then((keys) => {
        if (!sources.has(url) && sources.size >= MOST) sources.delete(sources.keys().next().value as string);
        sources.set(url, source);
        return keys;
      });
  };
}

function checkFolder(folder: string, allowLoopback: boolean): string {
  const { href, search } = checkAddress(folder, allowLoopback);
  if (href === folder && folder.endsWith("/") && search === "") return folder;
  throw new ConfigurationError("folders", "folders must be URLs as they are asked, with a slash at their end.");
}

/** The first certificate: those behind it are the chain that issued it. */
function readCertificate(text: string): readonly SourceKey[] {
  return usableKeys([text], (whole) => {
    const [first] = looksLikePem(whole) ? splitPem(whole) : [];
    if (first === undefined) throw new KeyFault("is no PEM");
    return { id: undefined, text: first };
  });
}
