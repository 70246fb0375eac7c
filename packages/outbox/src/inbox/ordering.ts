import { createHash } from "node:crypto";
import { ConfigurationError, type KeptDelivery } from "@countersign/core";
import { checkFunction, checkOptions, type KeysOf } from "@countersign/core/checks";
import { type ProvenDelivery, proven } from "./deliveries.ts";

/** Options of an inbox's `route`: whether deliveries of it are handled in order per key. */
export interface RouteOptions {
  /**
   * The ordering key of a delivery, such as an account's id: deliveries of one key are handled one after the other in
   * the order in which they were kept, over all workers. One that waits for its retry, or is a dead letter, holds back those of its
   * key, until it is handled, erased or forgotten (`deadLetters`); other keys go on. `undefined`: of no order. What it
   * throws is a delivery that could not be kept: the provider is answered 503. Default: none has a key.
   */
  readonly orderBy?: (delivery: ProvenDelivery) => string | number | bigint | undefined;
}

const KEYS: KeysOf<RouteOptions> = { orderBy: "optional" };

/** The ordering key of a delivery as the store has it: short, whatever its length. @throws ConfigurationError */
export function orderingOf(options: RouteOptions): (delivery: KeptDelivery) => string | undefined {
  checkOptions(options, KEYS, "route");
  const orderBy = checkFunction(options.orderBy, "route.orderBy");
  return (delivery) => {
    const key = orderBy?.(proven(delivery));
    if (key === undefined) return undefined;
    if (!["string", "number", "bigint"].includes(typeof key)) {
      const message = `route.orderBy must return a text, a number or undefined, and returned ${key === null ? "null" : typeof key}.`;
      throw new ConfigurationError("route.orderBy", message);
    }
    return createHash("sha256").update(String(key)).digest("base64url").slice(0, 22);
  };
}
