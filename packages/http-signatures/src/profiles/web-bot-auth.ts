import { defineProvider } from "@countersign/core";
import { type HttpSignatureOptions, httpSignature } from "../scheme/http-signature.ts";

/** Where agents have their keys (draft-meunier-webbotauth-httpsig-protocol, 6.1). */
export const BOT_DIRECTORY = "/.well-known/http-message-signatures-directory";

/**
 * How agents sign: the host and the address of their keys, for a time that they choose. Method, path and body are covered
 * only where an agent wants it; ask for more with a `coverage` of your own.
 */
export const WEB_BOT_AUTH: HttpSignatureOptions = Object.freeze<HttpSignatureOptions>({
  tag: "web-bot-auth",
  keyId: "thumbprint",
  coverage: {
    target: "authority",
    components: [],
    present: ['signature-agent;key="{any}"'],
    body: [],
    parameters: ["created", "expires", "keyid", "tag"],
  },
  keyUrl: { header: "signature-agent", member: "{any}", directory: BOT_DIRECTORY },
  // A signature may be used again until it expires: a day at most, as the draft recommends.
  tolerance: "24h",
  sign: { components: ["@method", "@path"], expires: "5m" },
});

/**
 * Web Bot Auth: requests of crawlers and agents. A lookup as `secret` gets the address of the keys as `wanted.url`, which is
 * the agent's own word: find keys by it *and* `keyId`, and only at addresses that you know.
 *
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { webBotAuth } from "@countersign/http-signatures";
 *
 * const known = new Map([["https://bot.example/.well-known/http-message-signatures-directory", '{"kty":"OKP", …}']]);
 * const verifier = createVerifier(webBotAuth, {
 *   publicUrl: "https://shop.example.com",
 *   secret: (_request, _context, wanted) => known.get(wanted?.url ?? "") ?? null,
 * });
 * ```
 */
export const webBotAuth = defineProvider<Uint8Array | undefined>({
  name: "web-bot-auth",
  docs: "https://datatracker.ietf.org/doc/draft-meunier-webbotauth-httpsig-protocol/",
  methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
  scheme: httpSignature(WEB_BOT_AUTH),
  payload: "raw",
  emptyBody: true,
  repeats: true,
  unprotected:
    "Only the host and the address of the keys must be signed: until it expires, a captured signature holds for other methods, paths and bodies at that host, unless the agent covers them too.",
});
