import type { Context, Outcome } from "../command-line/command.ts";
import { catalogueLines, describe, descriptionLines } from "../provider/describe.ts";
import { catalogue, providerNamed, shownProvider } from "../provider/find.ts";

/** The catalogue, or one provider in full. */
export async function run({ given, output }: Context): Promise<Outcome> {
  const [name] = given.arguments;
  if (name === undefined) {
    const all = catalogue().map(describe);
    return { ok: true, json: all, lines: catalogueLines(all, output.paint) };
  }
  const set = given.texts("set");
  const one = describe(set.length > 0 ? providerNamed(name, set) : shownProvider(name));
  return { ok: true, json: one, lines: descriptionLines(one, output.paint) };
}
