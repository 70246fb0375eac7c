/** A URL by its text: what is signed is the text, and a URL object would tidy it up. */
export interface UrlText {
  readonly protocol: string;
  readonly authority: string;
  readonly path: string;
  /** With its question mark; empty where there is none. */
  readonly query: string;
  /** With its hash sign: no client sends one, but code keeps it. */
  readonly fragment: string;
}

export function parseUrl(text: string): UrlText | undefined {
  const match = /^((?:http|ws)s?:\/\/)?([^/?#]*)([^?#]*)(\??[^#]*)(.*)/is.exec(text);
  if (match === null || (match[1] === undefined && !text.startsWith("/"))) return undefined;
  const [, protocol = "", authority = "", path = "", query = "", fragment = ""] = match;
  return { protocol, authority, path, query, fragment };
}

export function writeUrl({ protocol, authority, path, query, fragment }: UrlText): string {
  return protocol + authority + path + query + fragment;
}

/** For a terminal: what a sender wrote draws nothing there, and is not endless. */
export function printable(url: string): string {
  const plain = url.replace(/[^\x21-\x7e]/g, "?");
  return plain.length > 300 ? `${plain.slice(0, 300)}…` : plain;
}

/** A host that no provider can have called: this machine, a private network, a name inside a cluster. */
export function isInternal({ authority }: UrlText): boolean {
  const host = authority.toLowerCase().replace(/:\d+$/, "");
  return /^(?:localhost|127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|0\.0\.0\.0|\[)|\.(?:local|internal|localhost|lan|svc|test)$|^[^.]+$/.test(
    host,
  );
}
