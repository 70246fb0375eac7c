import type { Table } from "@countersign/core/checks";
import type { Required } from "../coverage/compile.ts";
import type { FieldType } from "../field/structured.ts";

/** Where a signature says that its key is published: a member of a header that must be covered. */
export interface KeyUrl {
  /** Lower case: `"signature-agent"`. */
  readonly header: string;
  /** The member's name: `"profile"`; `"{label}"` for the signature's own label, `"{any}"` for the one that is covered. */
  readonly member: string;
  /** Where an origin has its keys, for members without a `type`, and those that say `type=directory`. */
  readonly directory?: string;
}

/** By what a signature is judged, beside its keys. */
export interface Rules {
  /** What it must cover. */
  readonly required: Required;
  /** The only tag that counts; `undefined` for any, or none. */
  readonly tag: string | undefined;
  /** Whether `keyid` is a name that keys give themselves, or what their bytes are. */
  readonly keyId: "name" | "thumbprint";
  /** Where the message says that its key is published. */
  readonly keyUrl: KeyUrl | undefined;
  /** Structured fields that the application knows beside those of the registry. */
  readonly fields: Table<FieldType>;
}
