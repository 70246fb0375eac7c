/**
 * Removes what a reader cannot see and a parser might: control characters, bidirectional overrides and isolates,
 * zero-width breaks, tags that are not part of a flag, lone surrogates. What scripts and emoji need stays: joiners,
 * variation selectors, left-to-right and right-to-left marks.
 *
 * It runs before escaping, so the zero-width spaces in a payload are all our own.
 */
export function clean(raw: string): string {
  return (
    raw
      .replace(/\r\n?|[\v\f\u0085\u2028\u2029]/g, "\n")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
      .replace(/[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/g, "")
      .replace(/[\u00ad\u180e\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb\ufffe\uffff]/g, "")
      // England's, Scotland's and Wales's flags are a black flag and tags; anywhere else tags are hidden text.
      .replace(/(\u{1f3f4}[\u{e0020}-\u{e007f}]{1,8})|[\u{e0000}-\u{e0fff}]/gu, (_, flag?: string) => flag ?? "")
      .replace(/\p{Surrogate}/gu, "\ufffd")
  );
}

/** For one-line places: every run of line breaks and tabs becomes a space, and the ends are trimmed. */
export function oneLine(cleaned: string): string {
  return cleaned.replace(/[\n\t]+/g, " ").trim();
}

/** Whether nothing in the text leaves a mark: white space, ignorable code points, Hangul fillers, empty Braille. */
export function isBlank(cleaned: string): boolean {
  return !/[^\s\p{Default_Ignorable_Code_Point}\u2800]/u.test(cleaned);
}

/** The first `units` UTF-16 units, never ending in half a character. */
export function head(raw: string, units: number): string {
  if (raw.length <= units) return raw;
  const last = raw.charCodeAt(units - 1);
  return raw.slice(0, last >= 0xd800 && last <= 0xdbff ? units - 1 : units);
}
