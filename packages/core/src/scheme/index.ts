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
