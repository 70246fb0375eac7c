const VEIL = "***";
/** A cut may go through a secret; so many of its first characters are enough to be taken away. */
const SHORTEST_OVERLAP = 4;

/**
 * Takes secrets out of text that is to be shown. It knows the spellings in which a server may echo each secret:
 * plain, JSON-escaped, percent-encoded, HTML-escaped, in hexadecimal, and in base64 at each of its three offsets.
 */
export type Mask = (text: string, cut?: boolean) => string;

/** A mask for an endpoint without secrets: it changes nothing. */
export const noMask: Mask = (text) => text;

/** Makes a mask for the secrets of one endpoint. Empty values are left out. */
export function createMask(secrets: Iterable<string | Uint8Array>): Mask {
  const spellings = [...new Set([...secrets].flatMap(spell))].filter((one) => one !== "");
  if (spellings.length === 0) return noMask;
  spellings.sort((a, b) => b.length - a.length);
  const pattern = new RegExp(spellings.map(escapePattern).join("|"), "gi");
  const lower = spellings.map((one) => one.toLowerCase());
  const shortest = Math.min(SHORTEST_OVERLAP, ...spellings.map((one) => one.length));

  return function mask(text, cut = false) {
    if (text.length < shortest) return text;
    const shown = text.replace(pattern, VEIL);
    return cut ? dropBeginning(shown, lower) : shown;
  };
}

/** Where a text was cut in the middle of a secret, its end is the beginning of one. */
function dropBeginning(text: string, secrets: readonly string[]): string {
  const tail = text.slice(-4_096).toLowerCase();
  let longest = 0;
  for (const secret of secrets) {
    const most = Math.min(secret.length - 1, tail.length);
    for (let length = most; length >= SHORTEST_OVERLAP && length > longest; length -= 1) {
      if (tail.endsWith(secret.slice(0, length))) longest = length;
    }
  }
  return longest === 0 ? text : text.slice(0, -longest) + VEIL;
}

function spell(secret: string | Uint8Array): string[] {
  const bytes = Buffer.from(secret as string);
  const text = bytes.toString("utf8"); // Well-formed, whatever it was: percent-encoding wants that.
  if (text.length < SHORTEST_OVERLAP) return [text];
  const json = JSON.stringify(text).slice(1, -1);
  return [
    text,
    json,
    JSON.stringify(json).slice(1, -1),
    json.replaceAll("/", "\\/"),
    encodeURIComponent(text),
    encodeURI(text),
    new URLSearchParams({ v: text }).toString().slice(2),
    text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`),
    text.replace(/[&<>"]/g, (character) => HTML[character] as string),
    bytes.toString("hex"),
    ...base64(bytes),
  ];
}

const HTML: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** The part of the base64 text that depends on nothing but the secret, for each place where it can begin. */
function base64(bytes: Buffer): string[] {
  if (bytes.length < 6) return [];
  return [0, 1, 2].flatMap((offset) => {
    const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
    const whole = padded.toString("base64").replace(/=+$/, "");
    const first = offset === 0 ? 0 : offset + 1;
    const last = padded.length % 3 === 0 ? whole.length : whole.length - 1;
    const steady = whole.slice(first, last);
    return [steady, steady.replaceAll("+", "-").replaceAll("/", "_"), steady.replaceAll("/", "\\/")];
  });
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** A webhook URL as it may be shown: its origin. Path and query can be the secret. */
export function maskUrl(url: URL): string {
  return url.pathname === "/" && url.search === "" ? `${url.origin}/` : `${url.origin}/${VEIL}`;
}

/** What of a webhook URL must not be shown. */
export function secretsOfUrl(url: URL): string[] {
  const path = url.pathname + url.search;
  const found = path === "/" ? [] : [path, url.pathname];
  for (const segment of url.pathname.split("/")) if (segment.length >= 12) found.push(segment, decode(segment));
  for (const value of url.searchParams.values()) if (value.length >= 6) found.push(value);
  return found.filter((one) => one.length > 1);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
