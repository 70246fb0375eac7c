import type { ContentPart } from "./content.ts";

/** What a header can hold: no control characters but the tab, one byte a character. */
const HELD = /^[\t\x20-\x7e\x80-\xff]+$/;

/**
 * What a signed id may be: all that a header holds, except the separator that ends it in what is signed. An id that held
 * it would move the boundary, and an old signature would prove another id and timestamp.
 */
export class IdGrammar {
  readonly #separator: string;

  constructor(content: readonly ContentPart[]) {
    const at = content.findIndex((part) => typeof part !== "string" && part.part === "id");
    const next = content[at + 1];
    this.#separator = typeof next === "string" ? next.slice(0, 1) : "";
  }

  /** Whether the text can stand in front of the separator without moving it. */
  allows(text: string): boolean {
    return HELD.test(text) && (this.#separator === "" || !text.includes(this.#separator));
  }

  /** The grammar in words, for both directions. */
  get words(): string {
    return `text that a header can hold${this.#separator === "" ? "" : `, without '${this.#separator}'`}`;
  }
}
