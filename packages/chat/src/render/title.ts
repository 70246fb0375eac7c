import type { Message } from "../message/message.ts";
import { oneLine } from "../text/clean.ts";

/** What happened and to whom, as one line: `Node created: alice-workstation1`, `Sign-in: failed (jdoe)`. */
export function titled(kind: string, subject: string): Pick<Message, "title" | "kind" | "subject"> {
  const whom = oneLine(subject);
  if (whom === "") return { title: kind, kind };
  return { title: kind.includes(": ") ? `${kind} (${whom})` : `${kind}: ${whom}`, kind, subject: whom };
}

/** Words that say nothing by themselves. */
const FILLERS = new Set(
  "a an and be been has have in is its less of on one than that the this to was within your".split(" "),
);

/** A longer sentence is worth reading anyway. */
const LONG = 300;

/** Whether a sentence only says again what is known, in other words or none: `Node alice created` beside its title. */
export function repeats(sentence: string, known: readonly string[]): boolean {
  if (sentence.length > LONG) return false;
  const stems = wordsOf(known.join(" "));
  return wordsOf(sentence).every((word) => FILLERS.has(word) || stems.some((stem) => akin(word, stem)));
}

const wordsOf = (text: string): readonly string[] =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{N}.@_-]+/u)
    .map((word) => word.replace(/^[.-]+|[.-]+$/g, ""))
    .filter((word) => word !== "");

/** The same word, or another form of it: `expires` and `expiring`, `role` and `roles`. Names must be the same. */
function akin(a: string, b: string): boolean {
  if (a === b) return true;
  if (!/^\p{L}{4,}$/u.test(a) || !/^\p{L}{4,}$/u.test(b)) return false;
  return a.startsWith(b) || b.startsWith(a) || a.slice(0, 5) === b.slice(0, 5);
}
