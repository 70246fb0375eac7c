import type { Context } from "../command-line/command.ts";
import { openOutbox } from "../outbox/open.ts";
import { openBrowser } from "./open-browser.ts";
import type { PageOptions } from "./options.ts";
import { type Page, servePage } from "./page.ts";

/** What differs between the commands that have a page. */
export type PageOf = Pick<PageOptions, "source" | "kind" | "origin" | "provider" | "secrets">;

/** A page that a command has started. */
export interface Started {
  readonly page: Page;
  /** What a person is told, line by line. */
  readonly lines: readonly string[];
  close(): Promise<void>;
}

/**
 * The page of a command, opened in a browser with `--open`; with the outbox that the command's options name.
 *
 * @throws Failure
 */
export async function startPage(context: Context, of: PageOf): Promise<Started> {
  const { given, output, world } = context;
  const stored = given.text("sqlite") ?? given.text("postgres-env");
  const opened = stored === undefined ? undefined : await openOutbox(context);
  const { home, now } = world;
  const masked = (text: string) => output.masked(text);
  const page = await servePage({ ...of, home, now, masked, ...(opened === undefined ? {} : { outbox: opened.store }) });
  const wanted = given.on("open");
  const shown = wanted && (await openBrowser(page.ticketUrl(), process.platform));
  const hint = wanted && !shown ? ["No browser could be started here: open that address yourself."] : [];
  return {
    page,
    lines: [`The page: ${output.paint.bold(page.url)}`, ...hint],
    async close() {
      page.close();
      await opened?.close().catch(() => {});
    },
  };
}
