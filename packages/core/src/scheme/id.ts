/**
 * A signed id: visible ASCII without `.` and `:`, which separate what is signed. An id that held one would move the
 * boundary, and an old signature would prove another id and timestamp.
 */
const ID = /^[\x21-\x2d\x2f-\x39\x3b-\x7e]{1,256}$/;

/** The grammar in words, for both directions. */
export const ID_GRAMMAR = "1 to 256 visible ASCII characters without '.' and ':'";

export function isId(text: string): boolean {
  return ID.test(text);
}
