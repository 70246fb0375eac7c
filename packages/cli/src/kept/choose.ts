import { Failure } from "../terminal/failure.ts";

/**
 * The kept deliveries that were asked for: by number, by range (`3-9`), `last`, or all of them.
 *
 * @throws Failure when one is not there, or nothing was asked for
 */
export function chosen(kept: readonly number[], words: readonly string[], all: boolean): readonly number[] {
  if (kept.length === 0)
    throw new Failure(
      "input",
      "nothing_kept",
      "Nothing is kept there.",
      "countersign listen keeps what comes; --from DIR says where it is.",
    );
  if (all && words.length > 0)
    throw new Failure("usage", "all_or_some", "--all and numbers are both given.", "Give one of them.");
  if (all) return kept;
  if (words.length === 0)
    throw new Failure(
      "usage",
      "nothing_chosen",
      "Which ones?",
      "Numbers as listen shows them (17 or 3-9), last, or --all.",
    );
  return words.flatMap((word) => {
    if (word === "last") return kept.slice(-1);
    const [, from, to = from] = /^#?(\d{1,12})(?:-#?(\d{1,12}))?$/.exec(word) ?? [];
    if (from === undefined)
      throw new Failure("usage", "invalid_number", "That is no number of a delivery.", "17, 3-9, last, or --all.");
    const found = kept.filter((one) => one >= Number(from) && one <= Number(to));
    if (found.length > 0) return found;
    throw new Failure(
      "input",
      "not_kept",
      `${from === to ? `Delivery ${from} is` : "Those deliveries are"} not kept any more, or never was.`,
      `Kept are ${kept[0]} to ${kept.at(-1)}.`,
    );
  });
}
