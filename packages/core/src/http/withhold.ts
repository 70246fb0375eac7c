import type { FetchHeaders } from "../head/headers.ts";
import type { Delivery } from "../receive/delivery.ts";

/**
 * Headers by which a caller decides what the handler's work is answered with: none of them is signed, and 304, 406, 412
 * or 416 in place of the handler's own answer would read as a failure and let the delivery in again.
 */
const CONDITIONAL: readonly string[] = [
  "accept",
  "range",
  "if-range",
  "if-match",
  "if-none-match",
  "if-modified-since",
  "if-unmodified-since",
];

/** An `accept` that asks for nothing: what most clients send. */
const ANYTHING = "*/*";

/** Takes them out of the headers that the handler sees, and gives them to the delivery. */
export function withhold(delivery: Delivery<any>, headers: Record<string, string | string[] | undefined>): void {
  let taken: Record<string, string> | undefined;
  for (const name of CONDITIONAL) {
    const value = headers[name];
    if (value === undefined || value === ANYTHING) continue;
    taken ??= Object.create(null) as Record<string, string>;
    taken[name] = String(value);
    headers[name] = undefined;
  }
  if (taken !== undefined) (delivery as Writable).withheld = taken;
}

/**
 * For a framework on Fetch, where headers may not be changed: what it must hide from the handler is in
 * `delivery.withheld` afterwards.
 *
 * @returns false when there is nothing to hide
 */
export function withholdFrom(delivery: Delivery<any>, headers: FetchHeaders): boolean {
  let taken: Record<string, string> | undefined;
  for (const name of CONDITIONAL) {
    const value = headers.get(name);
    if (value === null || value === ANYTHING) continue;
    taken ??= Object.create(null) as Record<string, string>;
    taken[name] = value;
  }
  if (taken !== undefined) (delivery as Writable).withheld = taken;
  return taken !== undefined;
}

type Writable = { withheld: Delivery["withheld"] };
