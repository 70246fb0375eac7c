import type { Provider } from "@countersign/core";
import * as rows from "@countersign/core/providers";
import type { Given } from "../command-line/command.ts";
import { nearest } from "../command-line/nearest.ts";
import { Failure } from "../terminal/failure.ts";
import { plain } from "../terminal/text.ts";

type AnyProvider = Provider<any>;
type Settings = Readonly<Record<string, string>>;

/** Providers that are told how they were set up, by the names that their rows have, with what the catalogue shows them by. */
const CALLS: Readonly<Record<string, { make: (settings: never) => AnyProvider; shown: readonly string[] }>> = {
  aperture: { make: rows.aperture, shown: [] },
  apono: { make: rows.apono, shown: ["header=authorization"] },
  tappass: { make: rows.tappass, shown: ["header=authorization"] },
  "hmac-signature": { make: rows.hmacSignature, shown: [] },
  "timestamped-signature": { make: rows.timestampedSignature, shown: [] },
};

/** Every name that `--provider` takes. */
export const providerNames: readonly string[] = [...Object.keys(rows.providers), ...Object.keys(CALLS)].sort();

/**
 * The provider that `--provider` and `--set` name.
 *
 * @throws Failure, and ConfigurationError for settings that it does not take
 */
export function givenProvider(given: Given): AnyProvider {
  const name = given.text("provider");
  if (name !== undefined) return providerNamed(name, given.texts("set"));
  throw new Failure(
    "usage",
    "provider_missing",
    "No provider was given.",
    "--provider NAME; countersign providers lists the names.",
  );
}

/** @throws Failure, and ConfigurationError for settings that it does not take */
export function providerNamed(name: string, set: readonly string[] = []): AnyProvider {
  const settings = readSettings(set);
  const call = Object.hasOwn(CALLS, name) ? CALLS[name] : undefined;
  if (call !== undefined) return call.make(settings as never);
  const row = rows.providers[name];
  if (row === undefined) {
    const meant = nearest(name, providerNames);
    const said = /^[a-z0-9-]{1,40}$/.test(name)
      ? `There is no provider "${plain(name)}".`
      : "There is no such provider.";
    const mend = meant === undefined ? "countersign providers lists the names." : `Did you mean ${meant}?`;
    throw new Failure("usage", "unknown_provider", said, mend);
  }
  if (set.length > 0)
    throw new Failure("usage", "unexpected_setting", `${name} has nothing to set.`, "Leave --set out.");
  return row;
}

/** All that can be looked at, those with settings in their usual form. */
export function catalogue(): readonly AnyProvider[] {
  return providerNames.map(shownProvider);
}

function readSettings(set: readonly string[]): Settings {
  return Object.fromEntries(
    set.map((one) => {
      const [, key, value] = /^([A-Za-z]+)=(.*)$/s.exec(one) ?? [];
      if (key !== undefined && value !== undefined) return [key, value];
      throw new Failure(
        "usage",
        "invalid_setting",
        "--set takes KEY=VALUE.",
        "For example --set header=x-webhook-token.",
      );
    }),
  );
}

/** The provider as the catalogue shows it: one with settings in its usual form. @throws Failure */
export function shownProvider(name: string): AnyProvider {
  return providerNamed(name, Object.hasOwn(CALLS, name) ? CALLS[name]?.shown : []);
}
