import { defineProvider } from "@countersign/core";
import { type HttpSignatureOptions, httpSignature } from "../scheme/http-signature.ts";

/**
 * How the Universal Commerce Protocol signs requests and webhooks: everything that decides, and the headers that say who it
 * is, where they are there. It needs no `created`: the idempotency key is what stops a repetition.
 */
export const UCP: HttpSignatureOptions = Object.freeze<HttpSignatureOptions>({
  algorithms: ["ecdsa-p256-sha256", "ecdsa-p384-sha384", "ed25519"],
  coverage: {
    components: ["@method"],
    present: ["ucp-agent", "idempotency-key", 'signature-agent;key="{label}"'],
    body: ["content-digest", "content-type"],
    parameters: ["keyid"],
  },
  keyUrl: { header: "ucp-agent", member: "profile" },
  id: { header: "idempotency-key" },
  sign: { alg: false, nonce: false },
});

/**
 * The Universal Commerce Protocol, businesses' webhooks to platforms and platforms' requests to businesses. Keys are the
 * `keys` of the profile that `UCP-Agent` names (`/.well-known/ucp`): a lookup gets its address as `wanted.url`, which is the
 * sender's own word, so compare it with those that you trust.
 *
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { ucp } from "@countersign/http-signatures";
 *
 * const profiles = new Map([["https://business.example/.well-known/ucp", '{"kty":"EC","crv":"P-256", …}']]);
 * const verifier = createVerifier(ucp, {
 *   publicUrl: "https://platform.example",
 *   secret: (_request, _context, wanted) => profiles.get(wanted?.url ?? "") ?? null,
 * });
 * ```
 */
export const ucp = defineProvider<Readonly<Record<string, unknown>> | undefined>({
  name: "ucp",
  docs: "https://ucp.dev/specification/signatures",
  methods: ["POST", "GET", "PUT", "PATCH", "DELETE"],
  scheme: httpSignature(UCP),
  emptyBody: true,
  unprotected:
    "A signature need not say when it was made, and then holds until the key is withdrawn: only the idempotency key, in a replay store, stops a repetition. A request without one has nothing to be told by.",
});
