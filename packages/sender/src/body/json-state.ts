/** What surrounds a place in JSON text. */
export interface JsonState {
  readonly inString: boolean;
  /** Inside an escape sequence, such as between the `\` and the `n`. */
  readonly inEscape: boolean;
}

/**
 * The state behind a piece of JSON text that began outside or inside a string. A piece never begins inside an escape:
 * the caller refuses to end one there.
 */
export function advance(inString: boolean, text: string): JsonState {
  let inside = inString;
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i];
    if (character === '"') inside = !inside;
    else if (inside && character === "\\") {
      i += text[i + 1] === "u" ? 5 : 1;
      if (i >= text.length) return { inString: inside, inEscape: true };
    }
  }
  return { inString: inside, inEscape: false };
}
