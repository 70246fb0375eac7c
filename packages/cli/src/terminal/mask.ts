const SHOWN = "[secret]";

/**
 * Takes secrets out of all that is printed, in the ways in which payloads and answers carry them: as they are, without
 * a prefix such as `whsec_`, escaped for JSON or a URL, and in base64 or hex.
 */
export class Mask {
  readonly #spellings = new Set<string>();

  hide(secret: string): void {
    const behind = secret.replace(/^[a-z]{2,8}_/i, "");
    for (const text of new Set([secret, secret.trim(), behind])) {
      if (text.length < 4) continue;
      const bytes = Buffer.from(text);
      const base64 = bytes.toString("base64").replace(/=+$/, "");
      const spelt = [text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text), base64, bytes.toString("hex")];
      for (const one of spelt) this.#spellings.add(one);
    }
  }

  apply(text: string): string {
    let masked = text;
    // The longest first, so that no part of a longer one is left standing.
    for (const one of [...this.#spellings].sort((a, b) => b.length - a.length)) masked = masked.replaceAll(one, SHOWN);
    return masked;
  }
}
