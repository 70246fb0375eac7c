interface Process {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stderr?: { readonly isTTY?: boolean };
}

/** How and where this process runs. */
export interface Environment {
  /** In development by name, or by hand at a terminal. */
  readonly development: boolean;
  /** In production by name; or nobody may ask. */
  readonly production: boolean;
  /** The platform that starts and ends copies of this process as it likes; `undefined` where none is known. */
  readonly fleeting: string | undefined;
}

export function environment(): Environment {
  const { process, navigator } = globalThis as { process?: Process; navigator?: { readonly userAgent?: string } };
  const read = (name: string): string => {
    try {
      return process?.env?.[name] ?? "";
    } catch {
      return name === "NODE_ENV" ? "production" : ""; // Deno without the right to read it.
    }
  };
  const mode = read("NODE_ENV");
  return {
    development: mode === "development" || (mode === "" && process?.stderr?.isTTY === true),
    production: mode === "production",
    fleeting:
      navigator?.userAgent === "Cloudflare-Workers"
        ? "Workers"
        : read("AWS_LAMBDA_FUNCTION_NAME") !== ""
          ? "AWS Lambda"
          : read("VERCEL") !== ""
            ? "Vercel"
            : undefined,
  };
}

/** Standard error, the last resort. */
export function printError(message: string): void {
  (globalThis as unknown as { console: { error(message: string): void } }).console.error(message);
}
