import type { Context } from "../command-line/command.ts";
import type { ListenOptions } from "../listen/options.ts";
import type { Shown } from "../listen/show.ts";
import { entryOfShown } from "./from-listen.ts";
import { startPage } from "./start.ts";

/** The page of a receiver. */
export interface ListenPage {
  /** With the token in it. */
  readonly url: string;
  /** What a person is told, line by line. */
  readonly lines: readonly string[];
  show(shown: Shown): void;
  close(): Promise<void>;
}

/** The page of a receiver that runs at an origin. @throws Failure */
export async function pageForListen(context: Context, options: ListenOptions, origin: string): Promise<ListenPage> {
  const { provider, given: secrets } = options;
  const { page, lines, close } = await startPage(context, {
    source: origin,
    kind: "listen",
    origin: () => origin,
    ...(provider === undefined || provider === "detect" ? {} : { provider }),
    secrets,
  });
  return { url: page.url, lines, close, show: (shown) => page.put(entryOfShown(shown, origin)) };
}
