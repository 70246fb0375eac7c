/**
 * The part of the Standard Schema interface that is used here, so that any validator fits without being a dependency.
 *
 * @see https://standardschema.dev
 */
export interface StandardSchema<Input = unknown, Output = unknown> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | {
      readonly issues: readonly {
        readonly message: string;
        readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
      }[];
    };

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
