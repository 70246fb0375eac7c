import { ConfigurationError } from "@countersign/core";
import { checkChoice, checkText, checkTexts, type Table, table } from "@countersign/core/checks";
import { compileCoverage } from "../coverage/compile.ts";
import type { Coverage } from "../coverage/coverage.ts";
import type { DigestField } from "../digest/algorithms.ts";
import type { FieldType } from "../field/structured.ts";
import { ASYMMETRIC, SIGNATURE_ALGORITHMS, type SignatureAlgorithm } from "../key/algorithms.ts";
import type { SharedSecretFormat } from "../key/shared-secret.ts";
import type { KeyRules } from "../key/verifying-key.ts";
import type { KeyUrl, Rules } from "./rules.ts";

/** What a signature must be, whoever made it. */
export interface RuleOptions {
  /**
   * The algorithms that are allowed; default all but `hmac-sha256`, which is allowed alone or not at all: a public key must
   * never be tried as a shared secret. The key decides which of them it is for; `alg` may only agree.
   */
  readonly algorithms?: readonly SignatureAlgorithm[];
  /** For `hmac-sha256`: how the shared secret is written; default `"utf8"`. */
  readonly secretFormat?: SharedSecretFormat;
  /** What must be signed; default method, URL, `created`, and the digest where there is a body. */
  readonly coverage?: Coverage;
  /** The only `tag` that counts; default any, or none. Signatures with another are passed over. */
  readonly tag?: string;
  /** The header that has the digest of the body; default `"content-digest"`. */
  readonly digest?: DigestField;
  /** Whether `keyid` is the `kid` of a JWK (`"name"`, the default), or the thumbprint of the key (RFC 7638). */
  readonly keyId?: "name" | "thumbprint";
  /** Where a message says that its key is published: a lookup is told, as `wanted.url`. Default nowhere. */
  readonly keyUrl?: KeyUrl;
  /** Structured fields of your own, for `sf`: `{ "example-dict": "dictionary" }`. */
  readonly fields?: Readonly<Record<string, FieldType>>;
}

/** The keys of {@link RuleOptions}, for those who check theirs. */
export const RULE_KEYS = {
  algorithms: "optional",
  secretFormat: "optional",
  coverage: "optional",
  tag: "optional",
  digest: "optional",
  keyId: "optional",
  keyUrl: "optional",
  fields: "optional",
} as const;

/** Options, checked. */
export interface RuleSettings extends Rules, KeyRules {}

/** @throws ConfigurationError */
export function compileRules(options: RuleOptions, usual: Coverage): RuleSettings {
  const { secretFormat = "utf8", coverage = {}, tag, digest = "content-digest", keyId = "name", keyUrl } = options;
  checkChoice(secretFormat, "secretFormat", ["utf8", "base64"]);
  checkChoice(digest, "digest", ["content-digest", "repr-digest"]);
  checkChoice(keyId, "keyId", ["name", "thumbprint"]);
  if (tag !== undefined) checkText(tag, "tag");
  if (keyUrl !== undefined) for (const name of ["header", "member"] as const) checkText(keyUrl[name], `keyUrl.${name}`);
  return {
    algorithms: checkAlgorithms(options.algorithms ?? [...ASYMMETRIC.keys()]),
    secretFormat,
    required: compileCoverage(coverage, usual, digest, "coverage"),
    tag,
    keyId,
    keyUrl,
    fields: checkFields(options.fields),
  };
}

function checkAlgorithms(algorithms: readonly SignatureAlgorithm[]): readonly SignatureAlgorithm[] {
  for (const one of checkTexts(algorithms, "algorithms")) checkChoice(one, "algorithms", SIGNATURE_ALGORITHMS);
  if (algorithms.length === 0) throw new ConfigurationError("algorithms", "algorithms must name at least one.");
  if (algorithms.length > 1 && algorithms.includes("hmac-sha256")) {
    throw new ConfigurationError(
      "algorithms",
      "algorithms names hmac-sha256 beside others: a public key could be taken for a shared secret. Make a scheme for each.",
    );
  }
  return algorithms;
}

function checkFields(fields: RuleOptions["fields"] = {}): Table<FieldType> {
  for (const [name, type] of Object.entries(fields))
    checkChoice(type, `fields.${name}`, ["dictionary", "list", "item"]);
  return table({ ...fields });
}
