import { ConfigurationError } from "@countersign/core";
import { andThen, Fault, type MaybePromise } from "@countersign/core/scheme";
import { parseItem, serializeInnerList, serializeItem } from "structured-headers";
import { PARAMETERS, type SignatureParameters } from "../candidate/parameters.ts";
import type { Component } from "../component/identifier.ts";
import type { Values } from "../component/value.ts";
import type { Item } from "../field/structured.ts";
import type { SigningKey } from "../key/signing-key.ts";
import { coveredLines } from "./base.ts";

/** One signature as the members of its two headers. */
export interface Made {
  /** A member of `Signature-Input`: `sig1=("@method");created=1618884473`. */
  readonly input: string;
  /** A member of `Signature`: `sig1=:…:`. */
  readonly signature: string;
}

/**
 * Signs a message once.
 *
 * @throws ConfigurationError where the message lacks what is to be signed
 */
export function makeSignature(
  key: SigningKey,
  components: readonly Component[],
  values: Values,
  { label, ...parameters }: SignatureParameters & { readonly label: string },
): MaybePromise<Made> {
  const lines = coveredLines(components, values);
  if (lines instanceof Fault) throw new ConfigurationError("components", `It cannot be signed: ${lines.problem}.`);
  const input = serializeInnerList([items(components), parameterMap(parameters)]);
  return andThen(key.sign(`${lines}"@signature-params": ${input}`), (signature) => ({
    input: `${label}=${input}`,
    signature: `${label}=${serializeItem([signature, new Map()])}`,
  }));
}

/** Component identifiers as the items of a list. */
export function items(components: readonly Component[]): Item[] {
  return components.map(({ id }) => parseItem(id));
}

/** @throws ConfigurationError for text that a header cannot hold */
function parameterMap(parameters: SignatureParameters): Map<string, string | number> {
  const map = new Map<string, string | number>();
  for (const name of PARAMETERS) {
    const value = parameters[name];
    if (value === undefined) continue;
    const fits = typeof value === "number" ? Number.isSafeInteger(value) && value >= 0 : /^[\x20-\x7e]*$/.test(value);
    if (!fits)
      throw new ConfigurationError(
        name,
        `${name} must be ${typeof value === "number" ? "whole seconds" : "visible ASCII"}.`,
      );
    map.set(name, value);
  }
  return map;
}

/** A label of the grammar that both headers have. @throws ConfigurationError */
export function checkLabel(label: string, option: string): string {
  if (typeof label === "string" && /^[a-z*][a-z0-9_.*-]{0,63}$/.test(label)) return label;
  throw new ConfigurationError(
    option,
    `${option} must be up to 64 of a-z, 0-9, "_", "-", "." and "*", a letter first.`,
  );
}
