import type { Answer } from "../errors/errors.ts";
import type { RequestHead } from "../head/head.ts";
import type { MaybePromise } from "../lib/promises.ts";
import type { Choices } from "../receive/any-of.ts";
import { begin } from "../receive/begin.ts";
import type { Incoming } from "../receive/incoming.ts";
import type { VerifierOptions } from "../receive/options.ts";
import type { Log } from "../receive/report.ts";
import { resolveOptions, type Settings } from "../receive/settings.ts";
import { CHOICES, type Provider } from "../scheme/provider.ts";

/** What every door is built on: one provider's options, checked, and the judgement of a head under them. */
export interface Receiver<Context = unknown> {
  /** The verifier's options, checked and with their defaults. */
  readonly settings: Settings;
  /**
   * Judges the head alone: a promise only where the secret has to be looked up. An answer is what to reply without
   * reading the body; else feed the body to the `Incoming` and `finish()` it.
   */
  begin(head: RequestHead, context?: Context): MaybePromise<Incoming | Answer>;
}

/**
 * @param logOf finds the framework's own logger of a request, for lines about it
 * @throws ConfigurationError for options that cannot be honoured
 */
export function createReceiver<Context>(
  provider: Provider<any>,
  options: VerifierOptions<any, any, Context>,
  logOf?: (context: Context) => Log | undefined,
): Receiver<Context> {
  const choices = provider?.[CHOICES] as Choices | undefined;
  if (choices !== undefined) return choices.open(options, logOf);
  const settings = resolveOptions(provider, options, logOf);
  return { settings, begin: (head, context) => begin(settings, head, context) };
}
