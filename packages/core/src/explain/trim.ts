const BLANKS = " \t\r\n";

/** Text without these characters at its end. A regular expression would be slow on a long run of them that does not end it. */
export function trimmedEnd(text: string, characters = BLANKS): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** Text without blanks and line breaks around it; what cannot be seen is another mistake, and stays. */
export function trimmed(text: string): string {
  let start = 0;
  while (start < text.length && BLANKS.includes(text.charAt(start))) start++;
  return trimmedEnd(text.slice(start));
}
