import { ConfigurationError } from "@countersign/core";
import { checkKeys, checkText } from "@countersign/core/checks";

/** By whom and for whom a genuine token was made. */
export interface Identity {
  /** Who makes the tokens: `iss` must be one of these. */
  readonly issuer?: string | readonly string[];
  /** For whom they are meant: `aud` must hold one of these. */
  readonly audience?: string | readonly string[];
  /** The account that asked for it: `sub` must be one of these. */
  readonly subject?: string | readonly string[];
  /** The same by address: `email` must be one of these, and `email_verified` true. */
  readonly email?: string | readonly string[];
  /** Other claims that must have exactly this text, such as Microsoft's `{ appid: "0bf30f3b-…" }`. */
  readonly claims?: Readonly<Record<string, string>>;
  /** True where the issuer makes tokens for nobody but itself, under keys of its own: then it is the identity. Default false. */
  readonly soleIssuer?: boolean;
}

/** A claim, and what it may be. */
export interface Pin {
  /** Its name: `"aud"`. */
  readonly claim: string;
  /** Any of these. */
  readonly values: readonly string[];
}

/** Claims that have an option of their own. */
const NAMED = [
  ["iss", "issuer"],
  ["aud", "audience"],
  ["sub", "subject"],
  ["email", "email"],
] as const;
const OWN = new Map<string, string>([...NAMED, ["email_verified", "email"]]);

/** What each claim must be. @throws ConfigurationError */
export function pinsOf(identity: Identity): readonly Pin[] {
  const { claims = {} } = identity;
  checkKeys(claims, Object.keys(claims), "jwt.claims");
  const pins: Pin[] = [];
  for (const [claim, option] of NAMED) {
    const values = identity[option];
    if (values === undefined) continue;
    const path = `jwt.${option}`;
    const list = typeof values === "string" ? [values] : values;
    if (!Array.isArray(list) || list.length === 0)
      throw new ConfigurationError(path, `${path} must be a text, or a list of texts that is not empty.`);
    pins.push({ claim, values: Object.freeze(list.map((value, index) => checkText(value, `${path}[${index}]`))) });
  }
  for (const [claim, value] of Object.entries(claims)) {
    const path = `jwt.claims.${claim}`;
    const own = OWN.get(claim);
    if (own !== undefined) throw new ConfigurationError(path, `${path} has an option of its own: ${own}.`);
    pins.push({ claim, values: [checkText(value, path)] });
  }
  return pins;
}

/** An issuer makes tokens for everybody, and everybody can name your audience when he asks for one. @throws ConfigurationError */
export function checkIdentity({ issuer, audience, subject, email, claims = {}, soleIssuer }: Identity): void {
  const known = subject ?? email ?? Object.keys(claims)[0];
  const lacking =
    issuer === undefined
      ? "issuer"
      : audience === undefined
        ? "audience"
        : known === undefined && soleIssuer !== true
          ? "subject"
          : undefined;
  if (lacking === undefined) return;
  const how =
    lacking === "subject"
      ? "Pin subject, email or another claim of the sender's own; or say soleIssuer: true, where the issuer makes tokens for nobody else."
      : `Pin jwt.${lacking} too.`;
  throw new ConfigurationError(
    `jwt.${lacking}`,
    `jwt would take a token that was made for somebody else: whoever has an account with the issuer can have one made for your audience. ${how}`,
  );
}
