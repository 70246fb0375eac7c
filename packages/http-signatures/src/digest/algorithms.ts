/** The digests that prove something (RFC 9530, 7.2: "active"). All others of the registry are passed over. */
export type DigestAlgorithm = "sha-256" | "sha-512";

/** How many bytes a digest has. */
export const DIGEST_BYTES: Readonly<Record<DigestAlgorithm, number>> = { "sha-256": 32, "sha-512": 64 };
