/** More than any rotation needs, and few enough that trying them all costs nothing. */
export const MAX_SIGNATURES = 32;
/** Longer headers are refused before they are looked into. */
export const MAX_HEADER_LENGTH = 8192;

/** What was read from a signature header, before anything is compared. */
export interface SignatureFields {
  /** As it was written, unchecked; `undefined` where the header has none. */
  timestamp: string | undefined;
  /** In the order of the header, at most 32; entries of another version or prefix are left out. */
  readonly signatures: string[];
}

/** The grammar of one signature header, in both directions. */
export interface Layout {
  /** True when the header carries the timestamp too. */
  readonly hasTimestamp: boolean;
  /** True when the header can carry several signatures. */
  readonly many: boolean;
  /**
   * Takes the timestamp where the text begins with it, so that a stale request is refused before the rest is looked
   * at; answers where the rest begins.
   */
  readTimestamp(text: string, fields: SignatureFields): number;
  /** Adds what the text holds to `fields`, from `start` on; answers what is wrong with it, or nothing. */
  read(text: string, fields: SignatureFields, start?: number): string | undefined;
  /** Composes the header for a request of our own. */
  write(timestamp: string, signatures: readonly string[]): string;
}

/** A space or a tab. */
export function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}
