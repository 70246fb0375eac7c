/** How much a stranger may have us read and try. */
export const LIMITS = {
  /** Characters of `Signature-Input`, of `Signature`, and of the digest's header, each. */
  header: 8192,
  /** Signatures in one message; each may cost a verification under each key. */
  signatures: 8,
  /** Components that one signature covers. */
  components: 64,
} as const;
