/** A real browser for the tests of the live page, where this machine has one. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, expect } from "vitest";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

const program = (process.env.PATH ?? "")
  .split(delimiter)
  .flatMap((folder) => NAMES.map((name) => join(folder, name)))
  .find((path) => existsSync(path));

/** Whether its tests are left out: in CI never. */
export const leftOut = program === undefined && process.env.CI === undefined;
if (leftOut) console.warn(`Left out: the live page in a browser, because none of ${NAMES.join(", ")} is installed.`);

let started: Promise<Browser> | undefined;
afterAll(async () => (await started)?.close());

function browser(): Promise<Browser> {
  if (program === undefined) throw new Error(`None of ${NAMES.join(", ")} is installed, and CI leaves nothing out.`);
  started ??= chromium.launch({ executablePath: program, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
  return started;
}

/** A page with what it complained of, and what it asked of anybody else. */
export interface Opened {
  readonly page: Page;
  readonly complaints: string[];
  readonly elsewhere: string[];
}

/** Opens an address in a window of its own, as a person who has pasted it. */
export async function open(url: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const context = await (await browser()).newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  const elsewhere: string[] = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("dialog", (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) elsewhere.push(request.url());
  });
  await page.goto(url);
  return { page, complaints, elsewhere };
}

/** Ends a visit, which must have been quiet. */
export async function left({ page, complaints, elsewhere }: Opened): Promise<void> {
  expect([complaints, elsewhere]).toEqual([[], []]);
  await page.context().close();
}
