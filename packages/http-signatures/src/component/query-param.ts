/**
 * The value of one parameter of a query, encoded as RFC 9421 (2.2.8) has it, or a phrase where there is not just one.
 *
 * @param query with or without its question mark
 * @param name encoded as the value is
 */
export function queryParameter(query: string, name: string): { readonly value: string } | string {
  let value: string | undefined;
  for (const [key, own] of new URLSearchParams(query)) {
    if (encode(key) !== name) continue;
    if (value !== undefined) return "the query has it twice";
    // Broken escapes all decode to the same character: one could be put in place of another.
    if (own.includes("\ufffd")) return "its escapes are no UTF-8";
    value = encode(own);
  }
  return value === undefined ? "the query has none of that name" : { value };
}

/** The "application/x-www-form-urlencoded percent-encode set" of the URL standard, with `%20` for a space. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()~]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}
