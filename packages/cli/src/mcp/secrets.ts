import type { Context } from "../command-line/command.ts";
import { providerNamed, providerNames } from "../provider/find.ts";
import { namedSecrets } from "../secret/given.ts";
import { Failure } from "../terminal/failure.ts";

/** Where the secrets of a provider are: the values of `--secret-env` and `--secret-file`. */
export interface Places {
  readonly "secret-env": readonly string[];
  readonly "secret-file": readonly string[];
}

type Option = keyof Places;

/**
 * Where each provider's secrets are, by its name: `stripe=STRIPE_SECRET`, more than once for a rotation. Looks once
 * whether they are there, so that a mistake ends the start and not the first call.
 *
 * @throws Failure
 */
export function placesOf(context: Context): ReadonlyMap<string, Places> {
  const places = new Map<string, Record<Option, string[]>>();
  for (const option of ["secret-env", "secret-file"] as const) {
    for (const one of context.given.texts(option)) {
      const [, name = "", place = ""] = /^([a-z0-9-]{1,60})=(.+)$/s.exec(one) ?? [];
      if (place === "") throw unclear(option);
      if (!providerNames.includes(name)) providerNamed(name); // throws, with the nearest name
      const before = places.get(name) ?? { "secret-env": [], "secret-file": [] };
      before[option].push(place);
      places.set(name, before);
    }
  }
  for (const place of places.values()) namedSecrets({ ...context, given: { ...context.given, texts: textsOf(place) } });
  return places;
}

/** The options of a command that is given these. */
export function textsOf(places: Places | undefined): (name: string) => readonly string[] {
  return (name) => (name === "secret-env" || name === "secret-file" ? (places?.[name] ?? []) : []);
}

function unclear(option: Option): Failure {
  const value = option === "secret-env" ? "STRIPE_SECRET" : "/run/secrets/stripe";
  return new Failure(
    "usage",
    "provider_missing",
    `--${option} of mcp says whose secret it is.`,
    `--${option} stripe=${value}`,
  );
}
