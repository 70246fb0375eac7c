export { AMBIGUOUS, getHeader } from "../head/headers.ts";
export { andThen, every, isPromise, type MaybePromise } from "../lib/promises.ts";
export {
  Fault,
  type FaultCode,
  type FindKeys,
  type ProofHead,
  type ProofMessage,
  type ProofScheme,
  type Proven,
} from "./proof-scheme.ts";
export { coversBody, isProof } from "./scheme.ts";
export type { KeyWanted, Secret, Secrets } from "./secret.ts";
