import type { Attributes } from "@opentelemetry/api";
import { attribute } from "../convention/attributes.ts";

/** Where requests go: the host and port of an origin. */
export function destination(origin: string): Attributes {
  const { protocol, hostname, port } = new URL(origin);
  const number = port === "" ? (protocol === "http:" ? 80 : 443) : Number(port);
  // An IPv6 address is one without its brackets.
  return { [attribute.address]: hostname.replace(/^\[|\]$/g, ""), [attribute.port]: number };
}
