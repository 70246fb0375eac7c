/** One argument of a tool, as data: its schema and its check read the same row. */
export type Field = (
  | { readonly type: "string"; readonly longest: number; readonly oneOf?: readonly string[] }
  | { readonly type: "integer"; readonly least: number; readonly most: number }
  /** Text by name, at most 20 of it. */
  | { readonly type: "record"; readonly longest: number }
) & {
  /** One sentence, for the model that calls. */
  readonly about: string;
  readonly needed?: true;
};

export type Fields = Readonly<Record<string, Field>>;

/** The values of checked arguments. */
export interface Values {
  text(name: string): string | undefined;
  number(name: string): number | undefined;
  /** The entries of a record; empty where it was not given. */
  entries(name: string): readonly (readonly [name: string, value: string])[];
}

/** The fields as JSON Schema, which the client shows to its model. */
export function schemaOf(fields: Fields): Record<string, unknown> {
  const all = Object.entries(fields);
  return {
    type: "object",
    properties: Object.fromEntries(all.map(([name, field]) => [name, propertyOf(field)])),
    required: all.filter(([, { needed }]) => needed).map(([name]) => name),
    additionalProperties: false,
  };
}

const MOST_ENTRIES = 20;

function propertyOf(field: Field): Record<string, unknown> {
  const description = field.about;
  if (field.type === "integer") return { type: "integer", minimum: field.least, maximum: field.most, description };
  const text = { type: "string", maxLength: field.longest };
  if (field.type === "string")
    return { ...text, ...(field.oneOf === undefined ? {} : { enum: field.oneOf }), description };
  return { type: "object", additionalProperties: text, maxProperties: MOST_ENTRIES, description };
}

/**
 * Checks what a client sent against the fields.
 *
 * @returns the values, or a sentence about the first that does not fit, in which no value is repeated
 */
export function readValues(fields: Fields, given: unknown): Values | string {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return "The arguments are no object.";
  const own = new Map(Object.entries(given));
  for (const name of own.keys()) {
    const known = Object.keys(fields).join(", ");
    if (!Object.hasOwn(fields, name)) return `There is an argument that this tool does not have. It has ${known}.`;
  }
  for (const [name, field] of Object.entries(fields)) {
    const value = own.get(name);
    if (value === undefined) {
      if (field.needed) return `${name} is missing: ${field.about}`;
      continue;
    }
    const problem = problemOf(field, value);
    if (problem !== undefined) return `${name} ${problem}`;
  }
  return {
    text: (name) => own.get(name),
    number: (name) => own.get(name),
    entries: (name) => Object.entries(own.get(name) ?? {}),
  };
}

function problemOf(field: Field, value: unknown): string | undefined {
  if (field.type === "integer") {
    const fits = Number.isInteger(value) && (value as number) >= field.least && (value as number) <= field.most;
    return fits ? undefined : `is no whole number from ${field.least} to ${field.most}.`;
  }
  if (field.type === "string") {
    if (typeof value !== "string") return "is no text.";
    if (value.length > field.longest) return `is longer than ${field.longest} characters.`;
    return field.oneOf === undefined || field.oneOf.includes(value)
      ? undefined
      : `is none of ${field.oneOf.join(", ")}.`;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "is no object.";
  const entries = Object.entries(value);
  if (entries.length > MOST_ENTRIES) return `has more than ${MOST_ENTRIES} entries.`;
  const fits = entries.every(([name, one]) => typeof one === "string" && name.length + one.length <= field.longest);
  return fits ? undefined : `has something else than text of up to ${field.longest} characters.`;
}
