import { ConfigurationError } from "@countersign/core";

/** A topic, and the one host that serves its region. */
export interface Topic {
  /** As AWS writes it. */
  readonly arn: string;
  /** `sns.<region>.amazonaws.com`; in China it ends in `.cn`. */
  readonly host: string;
}

const ARN =
  /^arn:(aws|aws-cn|aws-us-gov):sns:([a-z]{2}(?:-[a-z]{1,16}){1,3}-\d{1,2}):\d{12}:[A-Za-z0-9_-]{1,256}(?:\.fifo)?$/;

/** Reads a topic's ARN, which says in which region it is. @throws ConfigurationError */
export function readTopic(arn: unknown): Topic {
  const [, partition, region] = (typeof arn === "string" ? ARN.exec(arn) : null) ?? [];
  if (region === undefined)
    throw new ConfigurationError(
      "topicArn",
      'topicArn must be the whole ARN of a topic: "arn:aws:sns:us-east-1:123456789012:my-topic". Without it anybody with a topic of his own could send.',
    );
  return { arn: arn as string, host: `sns.${region}.amazonaws.com${partition === "aws-cn" ? ".cn" : ""}` };
}

/** Whether a certificate's address is one at which the topic's region publishes its own. The whole host is compared. */
export function isCertificateUrl(url: unknown, { host }: Topic): url is string {
  const start = `https://${host}/`;
  return (
    typeof url === "string" && url.startsWith(start) && /^[A-Za-z0-9_-]{1,128}\.pem$/.test(url.slice(start.length))
  );
}
