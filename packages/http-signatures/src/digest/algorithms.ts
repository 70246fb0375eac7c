/** The digests that prove something (RFC 9530, 5: "active"). All others of the registry are passed over. */
export type DigestAlgorithm = "sha-256" | "sha-512";

/** The header that a digest is in: of the content as it travels, or of the representation that it is part of. */
export type DigestField = "content-digest" | "repr-digest";

/** How many bytes a digest has. */
export const DIGEST_BYTES: ReadonlyMap<string, number> = new Map<DigestAlgorithm, number>([
  ["sha-256", 32],
  ["sha-512", 64],
]);
