import type { Forge } from "./forge.ts";
import { type Forgery, type Mistake, otherSecret, SECRET, SIGNATURE_MISTAKES } from "./mistakes.ts";

/** For a static credential. */
export const CREDENTIAL_MISTAKES: readonly Mistake[] = [
  SIGNATURE_MISTAKES[0] as Mistake,
  SIGNATURE_MISTAKES[1] as Mistake,
  {
    name: "empty_credential",
    tries: "an empty credential",
    mend: SECRET,
    make: async ({ header, provider }) => [
      { headers: { [header]: "" } },
      { headers: { [header]: prefixOf(provider) } },
    ],
  },
  {
    name: "wrong_credential",
    tries: "another credential of the same length",
    mend: "Compare the whole credential.",
    make: async (forge) => [credential(forge, String(otherSecret(forge)))],
  },
  {
    name: "part_of_credential",
    tries: "the beginning of the credential, and more than it",
    mend: "Compare the whole credential: startsWith and includes are no comparison.",
    make: async (forge) =>
      [forge.secret.slice(0, 1), forge.secret.slice(0, -1), `${forge.secret}x`].map((value) =>
        credential(forge, value),
      ),
  },
  {
    name: "other_case",
    tries: "the credential in capitals and in small letters",
    mend: "Compare it exactly as it is written.",
    make: async (forge) =>
      [forge.secret.toUpperCase(), forge.secret.toLowerCase()]
        .filter((value) => value !== forge.secret)
        .map((value) => credential(forge, value)),
  },
  {
    name: "guessable_credential",
    tries: 'credentials that nobody chose: "undefined", "null", "secret"',
    mend: SECRET,
    make: async (forge) => ["undefined", "null", "secret", "changeme", "test"].map((value) => credential(forge, value)),
  },
];

function prefixOf({ scheme }: Forge["provider"]): string {
  return scheme.kind === "token" ? scheme.prefix.trimEnd() : "";
}

function credential({ header, provider: { scheme } }: Forge, value: string): Forgery {
  return { headers: { [header]: `${scheme.kind === "token" ? scheme.prefix : ""}${value}` } };
}
