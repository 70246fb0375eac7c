import { type KeyLookup, type KeySourceOptions, keyList } from "@countersign/core/keys";
import { namedLookups } from "../source/named.ts";
import { isCertificateUrl, readTopic } from "./topic.ts";

/** Whose certificates are fetched, and how: the options of `keyList` of `@countersign/core/keys`. */
export interface SnsCertificatesOptions extends KeySourceOptions {
  /** The topic, as for `sns`: its region says which host is asked. */
  readonly topicArn: string;
}

/**
 * SNS's certificates, as a secret: fetched from the host of the topic's region, kept, and fetched anew every hour. A
 * message names its certificate, and may name only one of that host.
 *
 * @throws ConfigurationError without a whole `topicArn`, or for an option that is wrong
 * @example
 * ```ts
 * import { snsCertificates } from "@countersign/tokens/providers";
 *
 * const secret = snsCertificates({ topicArn: "arn:aws:sns:us-east-1:123456789012:orders" });
 * ```
 */
export function snsCertificates({ topicArn, ...options }: SnsCertificatesOptions): KeyLookup {
  const topic = readTopic(topicArn);
  const make = (url: string): KeyLookup => keyList(url, (text) => [{ key: text }], options);
  make(`https://${topic.host}/`); // Wrong options are told now.
  return namedLookups(
    (wanted) => (isCertificateUrl(wanted?.url, topic) ? wanted?.url : undefined),
    make,
    options.clock,
  );
}
