import { defineProvider, type Provider, sign } from "@countersign/core";
import { isProof } from "@countersign/core/scheme";
import { listOfSigned } from "../provider/listed.ts";
import type { Header } from "../request/saved.ts";

/** What a request is signed with, where it is not the usual. */
export interface Signing {
  readonly secret?: string | Uint8Array;
  /** Milliseconds since the epoch. */
  readonly time?: number;
  readonly body?: Uint8Array;
  readonly provider?: Provider<any>;
}

/** Makes genuine requests, and with them those that only look so. */
export class Forge {
  readonly provider: Provider<any>;
  readonly secret: string;
  readonly body: Uint8Array;
  readonly url: string;
  readonly now: () => number;

  constructor(parts: Pick<Forge, "provider" | "secret" | "body" | "url" | "now">) {
    this.provider = parts.provider;
    this.secret = parts.secret;
    this.body = parts.body;
    this.url = parts.url;
    this.now = parts.now;
  }

  /** What goes with every request. */
  get plain(): readonly Header[] {
    const usual = this.provider.payload === "form" ? "application/x-www-form-urlencoded" : "application/json";
    return [["Content-Type", this.provider.contentType ?? usual], ...listOfSigned(this.provider)];
  }

  /** The headers that prove a body, in lower case. */
  proof({ secret = this.secret, time = this.now(), body = this.body, provider = this.provider }: Signing = {}) {
    const [method = "POST"] = provider.methods ?? [];
    const headers = Object.fromEntries(this.plain.map(([name, value]) => [name.toLowerCase(), value]));
    return sign(provider, { secret, body, timestamp: new Date(time), url: this.url, method, headers });
  }

  /** The name of the header that carries the signature or the credential. */
  get header(): string {
    const { scheme } = this.provider;
    return isProof(scheme) ? (scheme.headers[0] ?? "") : ([scheme.signature.header].flat()[0] as string).toLowerCase();
  }

  /** The same proof with something else in the signature's place. */
  async altered(change: (signature: string) => string, signing: Signing = {}): Promise<Record<string, string>> {
    const proof = await this.proof(signing);
    const value = proof[this.header] as string;
    const signature = signatureIn(value);
    return { ...proof, [this.header]: value.replace(signature, change(signature)) };
  }

  /** The provider as a receiver would have it that takes another hash too; `undefined` where there is no such thing. */
  weaker(): Provider<any> | undefined {
    const { scheme } = this.provider;
    if (scheme.kind !== "hmac" || scheme.digest === "sha1") return undefined;
    const { layout } = scheme.signature;
    const signature = {
      ...scheme.signature,
      ...(layout === undefined ? {} : { layout: layout.replace(scheme.digest, "sha1") }),
    };
    return defineProvider({ ...this.provider, scheme: { ...scheme, digest: "sha1", signature } });
  }
}

/** The signature itself within its header: the last long run of hex or base64. */
export function signatureIn(value: string): string {
  return value.match(/[A-Za-z0-9+/_-]{20,}={0,2}/g)?.at(-1) ?? value;
}
