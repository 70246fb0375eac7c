import type { DurableInbox, InboxLetter } from "@countersign/outbox";
import { shownProvider } from "../provider/find.ts";
import { type SavedRequest, saved } from "../request/saved.ts";
import { Failure } from "../terminal/failure.ts";

/** The most dead letters that are looked at. */
const MOST = 10_000;

/** What an inbox has given up, the oldest first. */
export async function lettersOf(inbox: DurableInbox, route?: string): Promise<readonly InboxLetter[]> {
  const letters: InboxLetter[] = [];
  let cursor: string | undefined;
  do {
    const page = await inbox.deadLetters({
      limit: 500,
      ...(route === undefined ? {} : { route }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    letters.push(...page.letters);
    cursor = page.cursor;
  } while (cursor !== undefined && letters.length < MOST);
  return letters;
}

/**
 * The letters that were asked for: by name, `last`, or all of them.
 *
 * @throws Failure when one is not there, or nothing was asked for
 */
export function chosenLetters(
  letters: readonly InboxLetter[],
  words: readonly string[],
  all: boolean,
): readonly InboxLetter[] {
  if (all === words.length > 0)
    throw new Failure(
      "usage",
      "all_or_some",
      "Which deliveries?",
      "Their names as countersign inbox list shows them, last, or --all.",
    );
  if (letters.length === 0)
    throw new Failure("input", "nothing_kept", "The inbox has no dead letter.", "What waits is its worker's business.");
  if (all) return letters;
  return words.map((word) => {
    const found = word === "last" ? letters.at(-1) : letters.find(({ id }) => id === word);
    if (found !== undefined) return found;
    throw new Failure(
      "input",
      "no_item",
      "There is no such dead letter.",
      "countersign inbox list names those that are there.",
    );
  });
}

/** The request as far as an inbox keeps it: its headers without credentials, its bytes, and no URL. */
export function requestOf({ delivery, history, burial }: InboxLetter): SavedRequest {
  const { provider, headers, body, timestamp } = delivery;
  let method = "POST";
  try {
    method = shownProvider(provider).methods?.[0] ?? "POST";
  } catch {
    // A provider of the application's own.
  }
  const at = timestamp ?? history[0]?.startedAt ?? burial.at;
  return saved({ method, url: "", headers: Object.entries(headers), body, form: "a kept delivery", at });
}
