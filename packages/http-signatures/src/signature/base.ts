import { Fault } from "@countersign/core/scheme";
import type { Component } from "../component/identifier.ts";
import type { Values } from "../component/value.ts";

/**
 * The text that is signed (RFC 9421, 2.5), or a fault where the message lacks something that it needs.
 *
 * @param input components and parameters as they are signed: `("@method" "@path");created=1618884473`
 */
export function signatureBase(components: readonly Component[], input: string, values: Values): string | Fault {
  const lines = coveredLines(components, values);
  return typeof lines === "string" ? `${lines}"@signature-params": ${input}` : lines;
}

/** The base without its last line. */
export function coveredLines(components: readonly Component[], values: Values): string | Fault {
  let lines = "";
  for (const component of components) {
    const value = values.of(component);
    if (typeof value === "string") return fault(component, value);
    lines += `${component.id}: ${value.value}\n`;
  }
  if (!/[^\t\n\x20-\x7e]/.test(lines)) return lines;
  const odd = components.find((one) => /[^\t\x20-\x7e]/.test((values.of(one) as { value: string }).value));
  return fault(odd as Component, 'its value is not ASCII: only "bs" can cover it');
}

function fault({ id, name }: Component, problem: string): Fault {
  const header = name.startsWith("@") ? "signature-input" : name;
  return new Fault("malformed_signature", header, `the covered component ${id} has no value: ${problem}`);
}
