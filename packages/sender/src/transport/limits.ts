import { checkInteger, checkOptions, type KeysOf } from "@countersign/core/checks";

/** What a sender may use of its machine at a time. */
export interface LimitOptions {
  /**
   * Requests under way, and connections open, idle ones included. Keep it well under the file descriptors that the
   * process may open.
   * @default 512
   */
  readonly sockets?: number;
  /** The same at one origin. One endpoint gets half of it at most, so that the others have room. @default 128 */
  readonly socketsPerOrigin?: number;
  /**
   * Bytes of events in hand, as the JSON that is kept. From there on no further ones are taken from the outbox; what one
   * look takes can be above it.
   * @default 67_108_864 (64 MiB)
   */
  readonly bytes?: number;
  /** The same for one endpoint. @default 16_777_216 (16 MiB) */
  readonly bytesPerEndpoint?: number;
}

/** The same, checked and with its defaults. */
export type Limits = Required<LimitOptions>;

const KEYS: KeysOf<LimitOptions> = {
  sockets: "optional",
  socketsPerOrigin: "optional",
  bytes: "optional",
  bytesPerEndpoint: "optional",
};

const DEFAULTS: Limits = {
  sockets: 512,
  socketsPerOrigin: 128,
  bytes: 67_108_864,
  bytesPerEndpoint: 16_777_216,
};

/** Checks the options. @throws ConfigurationError */
export function defineLimits(given: LimitOptions = {}, option = "limits"): Limits {
  checkOptions(given, KEYS, option);
  const read = (name: keyof Limits) => checkInteger(given[name] ?? DEFAULTS[name], `${option}.${name}`, 1);
  return Object.freeze({
    sockets: read("sockets"),
    socketsPerOrigin: read("socketsPerOrigin"),
    bytes: read("bytes"),
    bytesPerEndpoint: read("bytesPerEndpoint"),
  });
}
