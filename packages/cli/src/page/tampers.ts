import type { Provider } from "@countersign/core";
import { isProof } from "@countersign/core/scheme";
import { neededHeaders } from "../provider/detect.ts";
import { headerOf, type SavedRequest } from "../request/saved.ts";
import { signRequest } from "../request/signing.ts";
import { makeSecret } from "../secret/make.ts";

/** What a change is made with. */
export interface Tampering {
  readonly request: SavedRequest;
  /** The URL that is signed, where one is. */
  readonly called: string;
  readonly provider: Provider<any> | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A change that a receiver should notice. */
export interface Tamper {
  readonly label: string;
  /** The part of the request that it changes: where the proof leaves that open, no receiver can notice. */
  readonly touches: "body" | "proof";
  /** `undefined` where there is nothing to change in this one. */
  readonly change: (tampering: Tampering) => SavedRequest | undefined | Promise<SavedRequest | undefined>;
}

/** Each is sent with the headers that it came with, unless the change is in them. */
export const TAMPERS: Readonly<Record<string, Tamper>> = {
  byte: {
    label: "One byte of the body changed",
    touches: "body",
    change: ({ request }) => withBody(request, changedByte(request.body)),
  },
  reserialised: {
    label: "The same JSON, written in other bytes",
    touches: "body",
    change: ({ request }) => withBody(request, reserialised(request.body)),
  },
  signature: {
    label: "One character of the signature changed",
    touches: "proof",
    change: ({ request, provider }) => withHeader(request, proofHeader(provider), changedSignature),
  },
  unsigned: {
    label: "Without the signature",
    touches: "proof",
    change: ({ request, provider }) => {
      const name = proofHeader(provider);
      const left = request.headers.filter(([one]) => one.toLowerCase() !== name);
      return left.length === request.headers.length ? undefined : { ...request, headers: left };
    },
  },
  stranger: {
    label: "Signed with another secret",
    touches: "proof",
    change: async ({ request, provider, called, now }) => {
      if (provider === undefined) return undefined;
      const secrets = [{ value: makeSecret(provider).secret, shell: "" }];
      const { headers } = await signRequest(provider, { ...request, url: called }, { secrets, time: now });
      return { ...request, headers };
    },
  },
  later: {
    label: "Its signed time set to now",
    touches: "proof",
    change: ({ request, provider, now }) => {
      const timestamp = provider === undefined || isProof(provider.scheme) ? undefined : provider.scheme.timestamp;
      if (timestamp === undefined) return undefined;
      const text = { s: String(Math.floor(now / 1_000)), ms: String(now), rfc3339: new Date(now).toISOString() }[
        timestamp.unit
      ];
      if (timestamp.header !== undefined) return withHeader(request, timestamp.header.toLowerCase(), () => text);
      return withHeader(request, proofHeader(provider), (value) =>
        value.replace(/((?:^|[,;]\s*)ts?=)\d+/, `$1${text}`),
      );
    },
  },
};

function proofHeader(provider: Provider<any> | undefined): string {
  if (provider === undefined) return "";
  const { scheme } = provider;
  return isProof(scheme) ? (scheme.headers[0] ?? "") : (neededHeaders(provider)[0] ?? "");
}

function withBody(request: SavedRequest, body: Uint8Array | undefined): SavedRequest | undefined {
  return body === undefined ? undefined : { ...request, body };
}

function withHeader(request: SavedRequest, name: string, change: (value: string) => string): SavedRequest | undefined {
  const value = headerOf(request.headers, name);
  const changed = value === undefined ? undefined : change(value);
  if (changed === undefined || changed === value) return undefined;
  const headers = request.headers.map(([one, old]) => [one, one.toLowerCase() === name ? changed : old] as const);
  return { ...request, headers };
}

/** A letter or digit in the middle, so that it stays what it was: JSON, a form. */
function changedByte(body: Uint8Array): Uint8Array | undefined {
  const isPlain = (byte = 0) => (byte >= 48 && byte <= 57) || (byte >= 97 && byte <= 122);
  const middle = body.length >> 1;
  const behind = body.findIndex((byte, i) => i >= middle && isPlain(byte));
  const at = behind === -1 ? body.findIndex(isPlain) : behind;
  if (body.length === 0) return undefined;
  const changed = Uint8Array.from(body);
  const place = Math.max(0, at);
  const byte = changed[place] as number;
  changed[place] = byte === 57 || byte === 122 ? byte - 1 : byte + 1;
  return changed;
}

function reserialised(body: Uint8Array): Uint8Array | undefined {
  try {
    const value = JSON.parse(Buffer.from(body).toString("utf8"));
    const [plain, pretty] = [Buffer.from(JSON.stringify(value)), Buffer.from(JSON.stringify(value, null, 2))];
    return plain.equals(body) ? (pretty.equals(body) ? Buffer.concat([body, Buffer.from("\n")]) : pretty) : plain;
  } catch {
    return undefined;
  }
}

/** In the middle of the last long run of hex or base64, or of the value itself. */
function changedSignature(value: string): string {
  const run = value.match(/[A-Za-z0-9+/_-]{8,}={0,2}/g)?.at(-1) ?? value;
  const at = value.lastIndexOf(run) + (run.length >> 1);
  const other = value[at] === "0" ? "1" : "0";
  return value.slice(0, at) + other + value.slice(at + 1);
}
