import { ConfigurationError, type Duration, parseDuration } from "@countersign/core";
import { checkBoolean, checkChoice, checkOptions, checkText, checkTexts, type KeysOf } from "@countersign/core/checks";
import { andThen, every, type MaybePromise, type ProofMessage, type Secret } from "@countersign/core/scheme";
import { platform } from "#platform";
import { type Component, parseComponent } from "../component/identifier.ts";
import { Values } from "../component/value.ts";
import { readAll } from "../coverage/compile.ts";
import type { DigestAlgorithm } from "../digest/algorithms.ts";
import { writeDigests } from "../digest/digest.ts";
import { headerLines } from "../field/lines.ts";
import type { HeaderSource } from "../field/message.ts";
import { type SigningKey, signingKey } from "../key/signing-key.ts";
import { checkLabel, makeSignature } from "../signature/make.ts";
import type { RuleSettings } from "../signature/settings.ts";

/** What requests carry that are sent, beside what `coverage` asks of every signature. */
export interface SigningOptions {
  /** The name of the signature; default `"sig1"`. With several secrets the next are numbered: `sig2`. */
  readonly label?: string;
  /** What is signed beside what `coverage` asks for, where the request has it: `["content-type"]`. */
  readonly components?: readonly string[];
  /** The value of `keyid` for all secrets; default a JWK's `kid`, or its thumbprint where `keyId` says so. */
  readonly keyId?: string;
  /** Whether `alg` is written; default true. */
  readonly alg?: boolean;
  /** Whether there is a nonce, the delivery's id or a random one; default true. */
  readonly nonce?: boolean;
  /** After how long the signature stops to hold; default never. */
  readonly expires?: Duration;
  /** Which digests of the body are sent; default `["sha-256"]`. */
  readonly digests?: readonly DigestAlgorithm[];
}

const KEYS: KeysOf<SigningOptions> = {
  label: "optional",
  components: "optional",
  keyId: "optional",
  alg: "optional",
  nonce: "optional",
  expires: "optional",
  digests: "optional",
};

type Sign = (message: ProofMessage) => MaybePromise<Record<string, string>>;

/** Makes what a sender signs with, of what receivers ask for. @throws ConfigurationError */
export function compileSigning(options: SigningOptions, rules: RuleSettings): (secrets: readonly Secret[]) => Sign {
  checkOptions(options, KEYS, "sign");
  const { alg = true, nonce = true, digests = ["sha-256"], keyId } = options;
  const label = checkLabel(options.label ?? "sig1", "sign.label");
  const further = readAll(options.components ?? [], "sign.components");
  for (const one of checkTexts(digests, "sign.digests")) checkChoice(one, "sign.digests", ["sha-256", "sha-512"]);
  for (const name of ["alg", "nonce"] as const) checkBoolean(options[name] ?? true, `sign.${name}`);
  if (keyId !== undefined) checkText(keyId, "sign.keyId");
  const lifetime = options.expires === undefined ? undefined : parseDuration(options.expires, "sign.expires", 1000);
  const { required } = rules;
  if (lifetime === undefined && required.parameters.includes("expires"))
    throw new ConfigurationError("sign.expires", 'coverage asks for "expires": say sign.expires, such as "5m".');

  const keyIdOf = (key: SigningKey): MaybePromise<string | undefined> =>
    keyId ?? (rules.keyId === "thumbprint" ? key.thumbprint() : key.keyId);

  return function signer(secrets) {
    const keys = secrets.map((secret) => signingKey(secret, rules));
    return function sign(message) {
      const created = seconds(message.timestamp);
      const parameters = {
        created,
        expires: lifetime === undefined ? undefined : created + Math.floor(lifetime / 1000),
        nonce: nonce ? (message.id ?? platform.nonce()) : undefined,
        tag: rules.tag,
      };
      return andThen(digestHeader(message, rules, digests), (digest) => {
        const headers = { ...message.headers, ...digest };
        const values = new Values({ ...message, headers }, rules.fields);
        const made = keys.map((key, index) =>
          andThen(keyIdOf(key), (keyid) => {
            const own = numbered(label, index);
            const components = toSign({ ...message, headers }, rules, further, values, own);
            const { algorithm } = key;
            const all = { ...parameters, label: own, keyid, alg: alg ? algorithm : undefined };
            return makeSignature(key, components, values, all);
          }),
        );
        return andThen(every(made), (signatures) => ({
          ...digest,
          "signature-input": signatures.map(({ input }) => input).join(", "),
          signature: signatures.map(({ signature }) => signature).join(", "),
        }));
      });
    };
  };
}

/** Whole seconds of a time; a number is seconds. @throws ConfigurationError */
function seconds(timestamp: Date | number = new Date()): number {
  const value = timestamp instanceof Date ? Math.floor(timestamp.getTime() / 1000) : timestamp;
  if (Number.isSafeInteger(value) && value >= 0 && value < 1e11) return value;
  throw new ConfigurationError("timestamp", "timestamp must be a Date from 1970 on, or whole seconds.");
}

/** `sig1`, `sig2`, … */
function numbered(label: string, index: number): string {
  if (index === 0) return label;
  const [, name = "", number = ""] = /^(.*?)(\d{0,3})$/.exec(label) ?? [];
  return `${name}${Number(number === "" ? 1 : number) + index}`;
}

function digestHeader(
  { body }: ProofMessage,
  { required }: RuleSettings,
  digests: readonly DigestAlgorithm[],
): MaybePromise<Record<string, string>> {
  if (body.length === 0 && !required.components.some(({ name }) => name === required.digest)) return {};
  return andThen(writeDigests(body, digests), (value) => ({ [required.digest]: value }));
}

const TARGETS = {
  uri: ["@authority", "@path", "@query"],
  path: ["@path", "@query"],
  authority: ["@authority"],
  none: [],
} as const;

/** All that coverage asks for in this request, and what else is there of what the options name; each once. */
function toSign(
  message: ProofMessage & HeaderSource,
  { required }: RuleSettings,
  further: readonly Component[],
  values: Values,
  label: string,
): readonly Component[] {
  const isThere = ({ name }: Component) => name.startsWith("@") || headerLines(message, name) !== undefined;
  const target = TARGETS[required.target]
    .filter((name) => name !== "@query" || message.url.includes("?"))
    .map((name) => parseComponent(name) as Component);
  const all = [
    ...required.components.slice(0, 1),
    ...target,
    ...required.components.slice(1),
    ...required.present.filter(isThere),
    ...(message.body.length === 0 ? [] : required.body),
    ...further.filter(isThere),
  ].map((one) => named(one, label, values));
  return all.filter(({ same }, index) => all.findIndex((other) => other.same === same) === index);
}

/** `{label}` and `{any}` are the signature's own label; where the header has no such member, all of it is signed. */
function named(component: Component, label: string, values: Values): Component {
  const { key, id, name } = component;
  if (key !== "{label}" && key !== "{any}") return component;
  const own = parseComponent(id.replace(key, label)) as Component;
  return typeof values.of(own) === "string" ? (parseComponent(name) as Component) : own;
}
