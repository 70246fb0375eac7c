import { platform } from "#crypto";
import { isForm } from "../body/form.ts";
import type { RequestHead } from "../head/head.ts";
import { andThen, type MaybePromise } from "../lib/promises.ts";

const SHA256 = /^[0-9a-fA-F]{64}$/;

/** Where the content leaves the body out, the body's own digest is part of what is signed. */
export function bodyDigestHolds(
  head: RequestHead,
  url: string,
  parameter: string,
  body: Uint8Array | string,
): MaybePromise<boolean> {
  const start = url.indexOf("?");
  const values = start === -1 ? [] : new URLSearchParams(url.slice(start + 1)).getAll(parameter);
  // A digest that was signed counts whatever the content type says, which is not signed.
  if (values.length === 0) return isForm(head) || body.length === 0;
  const [value = ""] = values;
  if (values.length > 1 || !SHA256.test(value)) return false;
  return andThen(platform.digest("sha256", body, "hex"), (digest) => platform.equal(digest, value.toLowerCase()));
}
