/*
 * The packages speak to who writes code: "pass it in context.secrets". An operator has a file and this command line. What
 * stands here is said instead; a test looks for words of coders that no row knows.
 */
/** What a package says, and what an operator can do about it. */
const ROWS = [
  [/pass it in context\.secrets/g, "--secret-env ID=VARIABLE names the variable that holds it"],
  [
    /Pass the secret itself in context\.secrets, or write/g,
    "--secret-env ID=VARIABLE names the variable that holds the secret itself. Or write",
  ],
  [/pass one in context\.token/g, "--secret-env token=VARIABLE names the variable that holds one"],
  [
    /pass Aperture's own settings, and this one as context\.policy/g,
    "check the file of Aperture's own settings, which has the hooks",
  ],
  [
    /Pass context\.inSource, which decides who belongs to it/g,
    "--source NAME says what whoever makes the request belongs to",
  ],
  [/Give one in context\.redactors/g, "Another pattern is known only to the program that sends"],
  [/Pass its format, from @countersign\/chat, in context\.formats/g, "This command cannot write for that chat"],
  [/Pass (?:context\.)?(?:readers\.\w+|env)(?: to allow it)?\./g, "This command reads none here."],
  [
    /for a receiver on this machine, during development, use guard: "development"/g,
    "countersign test --to URL sends to a receiver on this machine",
  ],
  [/add it to guard\.allow if that is intended/g, "--allow ADDRESSES opens it, if that is intended"],
  [
    /add it to guard\.allowNames, and its address to guard\.allow, if that is intended/g,
    "--allow 127.0.0.1 opens it, if that is intended",
  ],
  [/add it to guard\.allowNames if that is intended/g, "write the whole name"],
  [/, or allow it with guard\.schemes/g, ""],
];
/** A sentence of the packages for somebody who writes configurations, not programs. */
export function forOperators(sentence) {
  return ROWS.reduce((text, [said, instead]) => text.replace(said, instead), sentence);
}
//# sourceMappingURL=sentences.js.map
