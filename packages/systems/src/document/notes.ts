import type { EndpointOptions } from "@countersign/sender";

/** Something in a configuration that was read past, and why. */
export interface Note {
  /** What it is, in the configuration's own names: `exports[1]`, `quotas`. */
  readonly option: string;
  /** Says what is skipped and because of what, for a log or a start-up page. */
  readonly message: string;
}

/** What a configuration became: the endpoints, and what in it became none. */
export type LoadedEndpoints = EndpointOptions[] & {
  /** What was read past, and why. Empty where everything has its effect. */
  readonly notes: readonly Note[];
};

/** The list of endpoints with its notes. */
export function loaded(endpoints: readonly EndpointOptions[], notes: readonly Note[] = []): LoadedEndpoints {
  const list = [...endpoints];
  // Not enumerable: to whoever compares or copies it, it is a list like any other.
  Object.defineProperty(list, "notes", { value: Object.freeze([...notes]) });
  return list as LoadedEndpoints;
}
