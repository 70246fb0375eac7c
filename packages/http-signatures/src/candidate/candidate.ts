import type { Component } from "../component/identifier.ts";
import type { SignatureParameters } from "./parameters.ts";

/** One signature of a message, read and not yet believed. */
export interface Candidate {
  /** Its name in both headers, which is not signed. */
  readonly label: string;
  /** What it covers, in the signed order. */
  readonly components: readonly Component[];
  /** What it says of itself. */
  readonly parameters: SignatureParameters;
  /** Components and parameters as they are signed: the value of `@signature-params`. */
  readonly input: string;
  /** The signature itself. */
  readonly signature: Uint8Array;
}
