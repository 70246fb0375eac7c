import { ConfigurationError } from "@countersign/core";

/** A configuration: what it says and, where it was text, where it says so. */
export interface Document {
  readonly value: unknown;
  /** Absent where no text was given. */
  readonly positions?: Positions;
}

/** A place in a text. Both count from 1, as editors do. */
export interface Position {
  /** Counted by line feeds, from 1 at the top of the text. */
  readonly line: number;
  /** UTF-16 code units from the start of the line; the first one is 1. */
  readonly column: number;
}

/** Where a value is, and the key that it has. */
interface Place {
  readonly key: Position;
  readonly value: Position;
}

/** A mistake in a text, with its place. To catch, it is a `ConfigurationError` like any other. */
export class ConfigurationTextError extends ConfigurationError {
  /** Where the value or the misspelt key begins; the first one is 1. */
  readonly line: number;
  /** UTF-16 code units from the start of the line; the first one is 1. */
  readonly column: number;

  constructor(option: string, message: string, position: Position, code?: string) {
    super(option, `Line ${position.line}, column ${position.column}: ${message}`, code);
    this.line = position.line;
    this.column = position.column;
  }
}

/** The places of a text's values, by path: `exports[0].webhook.url`. */
export class Positions {
  readonly #places = new Map<string, Place>();

  add(path: string, value: Position, key: Position = value): void {
    if (!this.#places.has(path)) this.#places.set(path, { key, value });
  }

  /** The place of a path or, where the text has no such thing, of what it would belong to. */
  find(path: string): Place | undefined {
    let rest = path;
    for (;;) {
      const place = this.#places.get(rest);
      if (place !== undefined || rest === "") return place;
      rest = rest.slice(0, Math.max(0, rest.lastIndexOf("."), rest.lastIndexOf("[")));
    }
  }
}

/**
 * Runs a check, and adds line and column to the error that it throws.
 *
 * @param root what the errors call the whole of the text: `webhook` in `webhook.url`
 */
export function locating<Result>(positions: Positions | undefined, root: string, check: () => Result): Result {
  try {
    return check();
  } catch (error) {
    if (positions === undefined || !(error instanceof ConfigurationError) || error instanceof ConfigurationTextError) {
      throw error;
    }
    const place = positions.find(pathOf(error.option, root));
    // What the application passed in beside the text has no place in it.
    if (place === undefined || error.option.startsWith("context")) throw error;
    const at = error.code === "unknown_option" ? place.key : place.value;
    throw new ConfigurationTextError(error.option, error.message, at, error.code);
  }
}

/** `app["a/b"][0]` as the text's values are listed: `app.a/b[0]`. */
function pathOf(option: string, root: string): string {
  const path = option.replace(/\["([^"]*)"\]/g, ".$1");
  if (root === "" || !path.startsWith(root)) return path;
  const rest = path.slice(root.length);
  return rest.startsWith(".") ? rest.slice(1) : rest;
}

/** The path of a key in an object. */
export function keyPath(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

/** Sets a key of any name, `__proto__` too, so that it is seen and refused. */
export function setKey(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}
