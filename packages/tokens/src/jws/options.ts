import { ConfigurationError, type Duration, parseDuration } from "@countersign/core";
import {
  at,
  checkBoolean,
  checkChoice,
  checkKeys,
  checkOptions,
  checkText,
  type KeysOf,
} from "@countersign/core/checks";
import type { Algorithm } from "../key/algorithms.ts";
import { checkAlgorithms } from "../key/choice.ts";

/** A part of what is signed in the payload's place: text as it is, the signed time, or the body. */
export type JwsPart =
  | string
  | {
      /** The signed time, as it is written in its header. */
      readonly part: "timestamp";
    }
  | {
      /** The body as it was received. */
      readonly part: "body";
      /** How it is written; default as it is. */
      readonly encoding?: "base64url";
    };

/** Where a request says when it was signed. */
export interface JwsTime {
  /** The member of the JWS's own header that holds it, a number: `"ts"`. Either this or {@link header}. */
  readonly member?: string;
  /** The HTTP header that holds it, in decimal; it must then be part of the payload. */
  readonly header?: string;
  /** Seconds or milliseconds since the epoch. */
  readonly unit: "s" | "ms";
  /** How far it may lie from now, in both directions, unless the `tolerance` option says otherwise. */
  readonly tolerance: Duration;
}

/** How a vendor signs with a detached JWS, for {@link jws}. */
export interface JwsOptions {
  /** The header that carries it: `"x-jws-signature"`. */
  readonly header: string;
  /** What precedes it there; default nothing. */
  readonly prefix?: string;
  /** The only algorithms that are taken: either public-key ones or, for a shared secret, `HS…`. */
  readonly algorithms: readonly Algorithm[];
  /** False where the payload is signed as it is (RFC 7797); the JWS must then say so itself. @default true */
  readonly b64?: boolean;
  /** False for a vendor that leaves out `crit`, against RFC 7797, where `b64` is false. @default true */
  readonly crit?: boolean;
  /** The only `typ` that is taken, where there is one; default `"JWS"`, or `"JOSE"`, or not there at all. */
  readonly type?: string;
  /** Absent where no time is signed: a request then stays valid until the key changes. */
  readonly timestamp?: JwsTime;
  /** What is signed in the payload's place; default the body as it was received. */
  readonly payload?: readonly JwsPart[];
  /** The HTTP header that says which key to look up, where that is not the JWS's `kid`. */
  readonly keyIdHeader?: string;
  /** How it proves, in listings of schemes; default a phrase for all such. */
  readonly description?: string;
}

const KEYS: KeysOf<JwsOptions> = {
  header: "required",
  prefix: "optional",
  algorithms: "required",
  b64: "optional",
  crit: "optional",
  type: "optional",
  timestamp: "optional",
  payload: "optional",
  keyIdHeader: "optional",
  description: "optional",
};
const TIME: KeysOf<JwsTime> = { member: "optional", header: "optional", unit: "required", tolerance: "required" };

/** The options with their defaults, checked. */
export interface JwsSettings {
  readonly algorithms: readonly Algorithm[];
  readonly unencoded: boolean | "unsaid";
  readonly type: string | undefined;
  readonly time: JwsTime | undefined;
  readonly payload: readonly JwsPart[];
  /** In lower case. */
  readonly timeHeader: string | undefined;
  readonly keyIdHeader: string | undefined;
}

const BODY: readonly JwsPart[] = Object.freeze([Object.freeze({ part: "body" as const })]);

/** @throws ConfigurationError */
export function checkJws(options: JwsOptions): JwsSettings {
  checkOptions(options, KEYS, "jws");
  const { b64 = true, crit = true, type, timestamp, payload = BODY, keyIdHeader } = options;
  checkText(options.header, "jws.header");
  checkBoolean(b64, "jws.b64");
  if (!checkBoolean(crit, "jws.crit") && b64)
    throw new ConfigurationError("jws.crit", "jws.crit can only be false where jws.b64 is.");
  if (type !== undefined) checkText(type, "jws.type");
  if (keyIdHeader !== undefined) checkText(keyIdHeader, "jws.keyIdHeader");
  checkPayload(payload, timestamp?.header !== undefined);
  if (timestamp !== undefined) checkTime(timestamp);
  return {
    algorithms: checkAlgorithms(options.algorithms, "jws.algorithms"),
    unencoded: !b64 && !crit ? "unsaid" : !b64,
    type,
    time: timestamp,
    payload,
    timeHeader: timestamp?.header?.toLowerCase(),
    keyIdHeader: keyIdHeader?.toLowerCase(),
  };
}

function checkTime(time: JwsTime): void {
  checkOptions(time, TIME, "jws.timestamp");
  if ((time.member === undefined) === (time.header === undefined))
    throw new ConfigurationError("jws.timestamp", "jws.timestamp must have either member or header.");
  checkText(time.member ?? time.header, at("jws.timestamp", time.member === undefined ? "header" : "member"));
  checkChoice(time.unit, "jws.timestamp.unit", ["s", "ms"]);
  parseDuration(time.tolerance, "jws.timestamp.tolerance", 1);
}

function checkPayload(payload: readonly JwsPart[], timed: boolean): void {
  if (!Array.isArray(payload)) throw new ConfigurationError("jws.payload", "jws.payload must be a list of parts.");
  const names = payload.map((part: JwsPart, index) => {
    if (typeof part === "string") return "";
    checkKeys(part, part.part === "body" ? ["part", "encoding"] : ["part"], `jws.payload[${index}]`);
    if (part.part === "body" && part.encoding !== undefined)
      checkChoice(part.encoding, `jws.payload[${index}].encoding`, ["base64url"]);
    return checkChoice(part.part, `jws.payload[${index}].part`, ["timestamp", "body"]);
  });
  if (names.filter((name) => name === "body").length !== 1)
    throw new ConfigurationError("jws.payload", "jws.payload must hold the body, once: else the body is not proven.");
  if (names.includes("timestamp") !== timed)
    throw new ConfigurationError(
      "jws.payload",
      "jws.payload must hold the timestamp exactly where that comes in an HTTP header: else it is not proven.",
    );
}
