/**
 * Aperture's model patterns: `*` stands for anything but a slash, `**` for anything. Compared piece by piece, so that
 * no pattern can take long.
 */
export function matchesGlob(text: string, pattern: string): boolean {
  if (pattern === "**") return true;
  return matchesSegments(text.split("/"), pattern.split("/"));
}

function matchesSegments(text: readonly string[], pattern: readonly string[]): boolean {
  const deep = pattern.indexOf("**");
  if (deep === -1)
    return text.length === pattern.length && pattern.every((one, index) => matchesSegment(text[index] as string, one));
  const head = pattern.slice(0, deep);
  const tail = pattern.slice(deep + 1);
  if (text.length < head.length) return false;
  if (!head.every((one, index) => matchesSegment(text[index] as string, one))) return false;
  for (let from = head.length; from <= text.length; from += 1) {
    if (matchesSegments(text.slice(from), tail)) return true;
  }
  return false;
}

function matchesSegment(text: string, pattern: string): boolean {
  const parts = pattern.split("*");
  if (parts.length === 1) return text === pattern;
  const first = parts[0] as string;
  const last = parts[parts.length - 1] as string;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let from = first.length;
  const end = text.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const at = text.indexOf(part, from);
    if (at === -1 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}
