import { createRequire } from "node:module";

/** A message, an enum or a namespace of protobufjs's JSON descriptor. */
interface Node {
  readonly fields?: Readonly<Record<string, Field>>;
  readonly values?: Readonly<Record<string, number>>;
  readonly oneofs?: Readonly<Record<string, { readonly oneof: readonly string[] }>>;
  readonly nested?: Readonly<Record<string, Node>>;
}

interface Field {
  readonly type: string;
  readonly rule?: "repeated";
  readonly keyType?: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

const root = createRequire(import.meta.url)("@google-apps/chat/build/protos/protos.json") as Node;

const SCALARS: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  bool: (value) => typeof value === "boolean",
  int32: (value) => Number.isInteger(value),
  int64: (value) => typeof value === "string" || Number.isInteger(value),
  float: (value) => typeof value === "number",
  double: (value) => typeof value === "number",
  "google.protobuf.Timestamp": (value) => typeof value === "string" && !Number.isNaN(Date.parse(value)),
};

/**
 * Checks JSON against a message of Google's shipped definitions, by the rules of protobuf's JSON mapping; a key that
 * the definition does not have is a problem, and so is one that only the server writes.
 */
export function checkProto(type: string, value: unknown): string[] {
  const path = type.split(".");
  return checkMessage(find(path), path, value, "");
}

function find(path: readonly string[]): Node {
  const node = path.reduce<Node | undefined>((at, name) => at?.nested?.[name], root);
  if (node === undefined) throw new Error(`no ${path.join(".")} in the definitions`);
  return node;
}

/** Protobuf's scoping: the innermost scope that has the first name. */
function resolve(type: string, scope: readonly string[]): string[] {
  const names = type.split(".");
  for (let depth = scope.length; depth >= 0; depth--) {
    const path = [...scope.slice(0, depth), ...names];
    if (path.reduce<Node | undefined>((at, name) => at?.nested?.[name], root) !== undefined) return path;
  }
  throw new Error(`cannot resolve ${type}`);
}

function checkMessage(node: Node, path: readonly string[], value: unknown, at: string): string[] {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return [`${at} is not an object`];
  const problems: string[] = [];
  for (const { oneof } of Object.values(node.oneofs ?? {})) {
    const set = oneof.filter((name) => name in value);
    if (set.length > 1) problems.push(`${at}: only one of ${set.join(", ")} may be set`);
  }
  for (const [key, inner] of Object.entries(value)) {
    const field = node.fields?.[key];
    if (field === undefined) problems.push(`${at}.${key} is not in the definition`);
    else if (field.options?.["(google.api.field_behavior)"] === "OUTPUT_ONLY")
      problems.push(`${at}.${key} is the server's`);
    else if (field.rule === "repeated") {
      if (!Array.isArray(inner)) problems.push(`${at}.${key} is not a list`);
      else problems.push(...inner.flatMap((item, index) => checkValue(field, path, item, `${at}.${key}[${index}]`)));
    } else problems.push(...checkValue(field, path, inner, `${at}.${key}`));
  }
  return problems;
}

function checkValue(field: Field, scope: readonly string[], value: unknown, at: string): string[] {
  const scalar = SCALARS[field.type];
  if (scalar !== undefined) return scalar(value) ? [] : [`${at} is not a ${field.type}`];
  const path = resolve(field.type, scope);
  const node = find(path);
  if (node.values !== undefined)
    return typeof value === "string" && value in node.values ? [] : [`${at} is not in the enum`];
  return checkMessage(node, path, value, at);
}
