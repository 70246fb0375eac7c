import type { Context } from "../command-line/command.ts";
import type { ListenOptions } from "../listen/options.ts";
import type { Shown } from "../listen/show.ts";
import { openOutbox } from "../outbox/open.ts";
import { entryOfShown } from "./from-listen.ts";
import { openBrowser } from "./open-browser.ts";
import { servePage } from "./page.ts";

/** The page of a receiver. */
export interface ListenPage {
  /** With the token in it. */
  readonly url: string;
  /** What a person is told, line by line. */
  readonly lines: readonly string[];
  show(shown: Shown): void;
  close(): Promise<void>;
}

/**
 * The page of a receiver that runs at an origin, opened in a browser where that was asked for.
 *
 * @throws Failure
 */
export async function pageForListen(context: Context, options: ListenOptions, origin: string): Promise<ListenPage> {
  const { given, output, world } = context;
  const stored = given.text("sqlite") ?? given.text("postgres-env");
  const opened = stored === undefined ? undefined : await openOutbox(context);
  const { provider } = options;
  const page = await servePage({
    home: world.home,
    now: world.now,
    source: origin,
    kind: "listen",
    origin: () => origin,
    ...(provider === undefined || provider === "detect" ? {} : { provider }),
    secrets: options.given,
    masked: (text) => output.masked(text),
    ...(opened === undefined ? {} : { outbox: opened.store }),
  });
  const wanted = given.on("open");
  const shown = wanted && (await openBrowser(page.ticketUrl(), process.platform));
  const hint = wanted && !shown ? ["No browser could be started here: open that address yourself."] : [];
  return {
    url: page.url,
    lines: [`The page: ${output.paint.bold(page.url)}`, ...hint],
    show: (one) => page.put(entryOfShown(one, origin)),
    async close() {
      page.close();
      await opened?.close().catch(() => {});
    },
  };
}
