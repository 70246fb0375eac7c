import type { WebhookErrorCode } from "../errors/errors.ts";
import type { RequestHead } from "../head/head.ts";
import { toBytes } from "../lib/bytes.ts";
import type { PayloadKind, Provider } from "../scheme/provider.ts";
import { type FormPayload, isForm, parseForm } from "./form.ts";
import { parseLossless } from "./json.ts";
import { decodeText } from "./text.ts";

/** Why a proven body is not the payload that it should be. */
export class Unusable {
  readonly code: WebhookErrorCode;
  readonly detail: string;
  readonly cause: unknown;
  constructor(code: WebhookErrorCode, detail: string, cause?: unknown) {
    this.code = code;
    this.detail = detail;
    this.cause = cause;
  }
}

const JSON_START = /^[\t\n\r ]*[[{"]/;

/**
 * The payload as the provider means it: parsed and normalised.
 *
 * @param head its content type tells a form. It is not signed, so it never makes a form of what begins as JSON: an
 * attacker could otherwise hide fields behind an `&` inside a genuine JSON string and have them read as a form.
 */
export function ownPayload(provider: Provider, body: Uint8Array | string, head: RequestHead): unknown {
  const text = decodeText(body);
  if (text === undefined) return new Unusable("malformed_text", "");
  const value =
    provider.payload === "form" || (provider.formField !== undefined && !JSON_START.test(text) && isForm(head))
      ? formOrItsField(text, provider.formField, provider)
      : text === "" && provider.emptyBody === true
        ? undefined
        : json(text, provider);
  if (value === undefined || value instanceof Unusable || provider.normalize === undefined) return value;
  try {
    return provider.normalize(value);
  } catch (cause) {
    return new Unusable("malformed_payload", cause instanceof Error ? cause.message : "it has another shape", cause);
  }
}

/** The payload in a kind that the user asked for although the provider's own is another. */
export function payloadAs(kind: PayloadKind, provider: Provider, body: Uint8Array | string): unknown {
  if (kind === "raw") return toBytes(body);
  const text = decodeText(body);
  if (text === undefined) return new Unusable("malformed_text", "");
  return kind === "form" ? form(text) : json(text, provider);
}

function formOrItsField(text: string, field: string | undefined, provider: Provider): unknown {
  const fields = form(text);
  if (fields instanceof Unusable || field === undefined || field === "") return fields;
  const value = fields[field];
  return typeof value === "string"
    ? json(value, provider)
    : new Unusable("malformed_payload", `the form has not one field "${field}"`);
}

function form(text: string): FormPayload | Unusable {
  return parseForm(text) ?? new Unusable("malformed_payload", "the form has a broken escape");
}

function json(text: string, provider: Provider): unknown {
  try {
    return provider.losslessIntegers === true ? parseLossless(text) : JSON.parse(text);
  } catch {
    // The parser's own message quotes the body, which may be secret.
    return new Unusable("malformed_payload", text === "" ? "the body is empty" : "it is not valid JSON");
  }
}
