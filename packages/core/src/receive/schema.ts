/**
 * The part of the Standard Schema interface that is used here, so that any validator fits without being a dependency.
 *
 * @see https://standardschema.dev
 */
export interface StandardSchema<Input = unknown, Output = unknown> {
  /** All that a validator shows of itself, under one name that collides with nothing of its own. */
  readonly "~standard": {
    readonly version: 1;
    /** The library's own name, such as `"zod"` or `"valibot"`. */
    readonly vendor: string;
    /** Judges a value and answers its output, or what is wrong; may be asynchronous. */
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    /** For the compiler alone; nothing is there at run time. */
    readonly types?:
      | {
          /** What the validator accepts before it transforms anything. */
          readonly input: Input;
          /** What comes out of the validator: the payload that a handler is given. */
          readonly output: Output;
        }
      | undefined;
  };
}

/** What a validator found: the output, or a list of what is wrong. */
export type StandardResult<Output> =
  | {
      /** The accepted and possibly transformed payload. */
      readonly value: Output;
      /** Absent when nothing is wrong. */
      readonly issues?: undefined;
    }
  | {
      /** Each thing that is wrong; the payload is refused as `invalid_payload`. */
      readonly issues: readonly {
        /** In the validator's own words; never shown, because it may quote the payload. */
        readonly message: string;
        /** Where in the payload, from the outside in; absent for the payload as a whole. */
        readonly path?:
          | readonly (
              | PropertyKey
              | {
                  /** One step of the path: a field's name or a list's index. */
                  readonly key: PropertyKey;
                }
            )[]
          | undefined;
      }[];
    };

/** The type that a validator gives back: what a handler finds in `delivery.payload`. */
export type OutputOf<Schema> = Schema extends { readonly "~standard": { readonly types?: infer Types } }
  ? NonNullable<Types> extends { readonly output: infer Output }
    ? Output
    : unknown
  : unknown;

/** Which fields are wrong, without their values: a payload may hold what no log should. */
export function describeIssues(result: Extract<StandardResult<unknown>, { issues: readonly unknown[] }>): string {
  const shown = result.issues.slice(0, 3).map((issue) => {
    const path = issue.path?.map((step) => String(typeof step === "object" ? step.key : step)).join(".");
    return path ? `${path}: ${issue.message}` : issue.message;
  });
  const more = result.issues.length - shown.length;
  return more > 0 ? `${shown.join("; ")}; and ${more} more` : shown.join("; ");
}
