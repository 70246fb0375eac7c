import type { Provider } from "@countersign/core";
import type { Context } from "../command-line/command.ts";
import { Folder, usualFolder } from "../kept/folder.ts";
import { readUrl } from "../network/origin.ts";
import { readPort } from "../network/port.ts";
import { givenProvider } from "../provider/find.ts";
import { type GivenSecret, givenSecrets, namedSecrets } from "../secret/given.ts";
import { Failure } from "../terminal/failure.ts";

/** How a receiver was asked for. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** As whom deliveries are judged: one provider, whoever the headers say, or nobody. */
  readonly provider: Provider<any> | "detect" | undefined;
  /** Empty where nothing is judged. */
  readonly secrets: readonly string[];
  /** The same, with the way in which a shell writes each. */
  readonly given: readonly GivenSecret[];
  readonly forward: URL | undefined;
  /** What stands before the path in the URL that the provider calls. */
  readonly publicUrl: string | undefined;
  readonly folder: Folder | undefined;
}

/** @throws Failure */
export async function listenOptions(context: Context): Promise<ListenOptions> {
  const { given, world } = context;
  const detect = given.on("detect");
  if (detect && given.text("provider") !== undefined) {
    throw new Failure("usage", "two_providers", "--provider and --detect are both given.", "Give one of them.");
  }
  const provider = detect ? "detect" : given.text("provider") === undefined ? undefined : givenProvider(given);
  // Whoever names a provider wants a verdict; who lets it be detected may only want to know.
  const secrets = provider === undefined || detect ? namedSecrets(context) : await givenSecrets(context);
  const forward = given.text("forward");
  const url = given.text("url");
  const keep = given.text("keep") ?? usualFolder(world.env);
  if (given.on("no-keep") && given.text("keep") !== undefined) {
    throw new Failure("usage", "keep_or_not", "--keep and --no-keep are both given.", "Give one of them.");
  }
  return {
    host: given.text("host") ?? "127.0.0.1",
    port: readPort(given.text("port") ?? "4040"),
    provider,
    secrets: secrets.map(({ value }) => value),
    given: secrets,
    forward: forward === undefined ? undefined : readUrl(forward, "--forward"),
    publicUrl: url === undefined ? undefined : readUrl(url, "--url").href.replace(/\/$/, ""),
    folder: given.on("no-keep") ? undefined : new Folder(keep),
  };
}
