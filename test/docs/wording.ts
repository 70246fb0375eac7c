/**
 * Words that say nothing by themselves: articles, pronouns, prepositions, forms of "to be", and nouns that would fit
 * anything ("the value of the field").
 */
const FILLERS = new Set(
  (
    "a an the this that these those it its they their them he his one ones each every any all some such same own other " +
    "of for to in on at by with from as into per about over under than then and or nor but if is are was were be been being " +
    "has have had do does did can could may might will would shall should must not no " +
    "what which who whose whom when where how why here there " +
    "value values field fields property properties member members object objects data thing things option options " +
    "type types kind kinds name names given gives get gets set sets return returns use used uses optional required"
  ).split(" "),
);

/** Something that can be acted on without another word: a unit, a format, a default, a place to read on. */
const PRECISE =
  /\b(?:milliseconds?|seconds?|minutes?|hours?|days?|bytes?|characters?|nanodollars?|dollars?|percent|RFC ?\d+|ISO ?8601|UUID|base64|hex|UTF-8|epoch)\b|@default\b|@see\b|\{@link|https?:\/\//i;

const WORDS_NEEDED = 3;

/** The lower-case words of a text; `camelCase` and `snake_case` are several. */
function words(text: string): string[] {
  const parted = text.replace(/([a-z\d])([A-Z])/g, "$1 $2").replace(/([A-Z])([A-Z][a-z])/g, "$1 $2");
  return parted.toLowerCase().match(/[\p{L}\d]+/gu) ?? [];
}

/** Without the endings that make an `event` out of `events` and `retry` out of `retries`. */
function stem(word: string): string {
  return word.replace(/ies$/, "y").replace(/(?<=\w{3})(?:ed|ing|es|s|e)$/, "");
}

/** Whether a docstring tells more than the identifier does. */
export function saysSomething(identifier: string, docstring: string): boolean {
  const own = new Set(words(identifier).map(stem));
  // An example shows how to call it, not what it means.
  const text = docstring.split(/^@example\b/m)[0] as string;
  const left = new Set(words(text).filter((word) => !FILLERS.has(word) && !own.has(stem(word))));
  return left.size >= WORDS_NEEDED || PRECISE.test(text);
}
