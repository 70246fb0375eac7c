import type { Context, Outcome } from "../command-line/command.ts";
import { chosen } from "../kept/choose.ts";
import { Folder, usualFolder } from "../kept/folder.ts";
import { forwardedTo } from "../listen/forward.ts";
import { exchange } from "../network/exchange.ts";
import { readUrl } from "../network/origin.ts";
import { readTimeout } from "../network/timeout.ts";
import { chosenLetters, lettersOf, requestOf } from "../outbox/letters.ts";
import { openInbox, storeFailure } from "../outbox/open.ts";
import { givenProvider } from "../provider/find.ts";
import type { SavedRequest } from "../request/saved.ts";
import { Unreadable } from "../request/saved.ts";
import { signRequest } from "../request/signing.ts";
import { givenSecrets } from "../secret/given.ts";
import { Failure } from "../terminal/failure.ts";
import { count, plain } from "../terminal/text.ts";

/** Sends kept deliveries again, as they were or signed anew, one after the other. */
export async function run(context: Context): Promise<Outcome> {
  const { given, output, world } = context;
  const kept = await keptDeliveries(context);
  const to = given.text("to");
  if (to === undefined)
    throw new Failure("usage", "url_missing", "Nobody to send to was given.", "--to localhost:3000/hooks");
  const target = readUrl(to, "--to");
  const gap = 1_000 / readRate(given.text("rate") ?? "10/s");
  const timeout = readTimeout(given);
  const signing =
    given.text("provider") === undefined
      ? undefined
      : { provider: givenProvider(given), secrets: await givenSecrets(context) };
  const { dim, green, red } = output.paint;
  const results: (Name & { status?: number; error?: string; milliseconds: number })[] = [];
  for (const [index, { name, said: called, read }] of kept.entries()) {
    if (index > 0) await sleep(gap, world.signal);
    if (world.signal.aborted) break;
    const request = read();
    const url = forwardedTo(target, request);
    const signed =
      signing === undefined
        ? request
        : await signRequest(
            signing.provider,
            { ...request, url: given.text("url") ?? url.href },
            { secrets: signing.secrets, time: world.now() },
          );
    const came = await exchange(
      { method: request.method, url, headers: signed.headers, body: request.body },
      { timeout, signal: world.signal },
    );
    if (world.signal.aborted) break;
    const { milliseconds } = came;
    const result =
      came.kind === "answer"
        ? { ...name, status: came.status, milliseconds }
        : { ...name, error: came.code, milliseconds };
    results.push(result);
    const ok = came.kind === "answer" && came.status < 300;
    const said = came.kind === "answer" ? (ok ? green : red)(String(came.status)) : red(came.message);
    await output.lines([
      `${called}  ${plain(request.method)} ${plain(url.href, 200)}  ${said} ${dim(`${milliseconds} ms`)}`,
    ]);
    if (came.kind === "failed" && results.every(({ error }) => error !== undefined) && results.length === 3) {
      throw new Failure(
        "outside",
        "no_answer",
        `${url.origin} gave no answer to the first three: ${came.message}`,
        "Is the receiver running, and is that its address?",
      );
    }
  }
  const accepted = results.filter(({ status = 0 }) => status >= 200 && status < 300).length;
  const answered = results.some(({ status }) => status !== undefined);
  if (!answered)
    throw new Failure(
      "outside",
      "no_answer",
      `${target.origin} gave no answer.`,
      "Is the receiver running, and is that its address?",
    );
  const stale = signing === undefined && results.some(({ status }) => status === 401 || status === 400);
  return {
    ok: accepted === kept.length,
    json: { sent: results.length, accepted, results },
    lines: [
      `${count(results.length, "delivery", "deliveries")} sent, ${accepted} accepted.`,
      ...(stale
        ? [dim("As they were, their signatures may be too old: --provider and --secret-env sign them anew.")]
        : []),
    ],
  };
}

/** How a delivery is called: by `listen`, or by an inbox. */
type Name = { readonly number: number } | { readonly item: string };

interface Kept {
  readonly name: Name;
  readonly said: string;
  readonly read: () => SavedRequest;
}

/** What was asked for, of what `listen` kept or of what an inbox gave up. @throws Failure */
async function keptDeliveries(context: Context): Promise<readonly Kept[]> {
  const { given, world } = context;
  const inInbox = given.text("sqlite") !== undefined || given.text("postgres-env") !== undefined;
  if (inInbox) return inboxDeliveries(context);
  const folder = new Folder(given.text("from") ?? usualFolder(world.env));
  return chosen(folder.numbers(), given.arguments, given.on("all")).map((number) => {
    return { name: { number }, said: `#${number}`, read: () => readKept(folder, number) };
  });
}

async function inboxDeliveries(context: Context): Promise<readonly Kept[]> {
  const { given } = context;
  if (given.text("from") !== undefined)
    throw new Failure("usage", "two_stores", "A folder and an inbox are both given.", "Give one of them.");
  const { store, close } = await openInbox(context);
  try {
    const letters = await lettersOf(store, given.text("route"));
    return chosenLetters(letters, given.arguments, given.on("all")).map((letter) => {
      return { name: { item: letter.id }, said: plain(letter.id), read: () => requestOf(letter) };
    });
  } catch (error) {
    throw storeFailure(error);
  } finally {
    await close().catch(() => {});
  }
}

function readKept(folder: Folder, number: number): SavedRequest {
  try {
    return folder.read(number);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    throw new Failure("input", "unreadable_request", `Delivery ${number} cannot be read: ${error.message}`);
  }
}

/** `5/s`, `30/m`: how many each second. @throws Failure */
function readRate(text: string): number {
  const [, number = "", unit] = /^(\d{1,4}(?:\.\d{1,3})?)\/([smh])$/.exec(text) ?? [];
  const seconds = { s: 1, m: 60, h: 3_600 }[unit ?? "s"] ?? 1;
  const rate = Number(number) / seconds;
  if (number !== "" && rate > 0 && rate <= 1_000) return rate;
  throw new Failure("usage", "invalid_rate", "--rate is no rate up to 1000/s.", "For example 5/s or 30/m.");
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => resolve(clearTimeout(timer)), { once: true });
  });
}
