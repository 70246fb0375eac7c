import type { Message, Standing, Summary } from "../page/wire.ts";

/** What of the list is wanted. */
export interface Filter {
  readonly text: string;
  readonly standing: Standing | "all";
}

/** All deliveries that the server has, by number. */
export class Deliveries {
  readonly #all = new Map<number, Summary>();
  readonly #texts = new WeakMap<Summary, string>();

  take(message: Message): void {
    if (message.kind === "all") this.#all.clear();
    if (message.kind === "drop") {
      for (const id of this.#all.keys()) {
        if (id >= message.before) break;
        this.#all.delete(id);
      }
    } else for (const one of message.deliveries) this.#all.set(one.id, one);
  }

  get(id: number): Summary | undefined {
    return this.#all.get(id);
  }

  /** How many there are of each standing. */
  counts(): Readonly<Record<Standing | "all", number>> {
    const counts = { all: this.#all.size, genuine: 0, refused: 0, unjudged: 0 };
    for (const { standing } of this.#all.values()) counts[standing]++;
    return counts;
  }

  /** Those that fit, the newest first: every word of the filter is somewhere in what is known of it. */
  filtered({ text, standing }: Filter): readonly Summary[] {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const found: Summary[] = [];
    for (const one of this.#all.values()) {
      if (standing !== "all" && one.standing !== standing) continue;
      if (words.every((word) => this.#textOf(one).includes(word))) found.push(one);
    }
    return found.reverse();
  }

  #textOf(one: Summary): string {
    const known = this.#texts.get(one);
    if (known !== undefined) return known;
    const { method, url, provider, event, code, status, from } = one;
    const text = [nameOf(one), method, url, provider, event, code, status, from].join(" ").toLowerCase();
    this.#texts.set(one, text);
    return text;
  }
}

/** How a delivery is called: by the number under which it is kept, as in the terminal, else by the page's own. */
export function nameOf({ kept, id }: Summary): string {
  return `#${kept === 0 ? id : kept}`;
}

/** `12:05:09.017` in the reader's own time zone. */
export function timeOf({ at }: Pick<Summary, "at">): string {
  const time = new Date(at);
  const two = (part: number) => String(part).padStart(2, "0");
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

/** `1 byte`, `31 bytes`, `1.2 MB`. */
export function sizeOf(bytes: number): string {
  if (bytes < 10_000) return `${bytes} byte${bytes === 1 ? "" : "s"}`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** What a standing is called. */
export const STANDINGS: Readonly<Record<Standing, string>> = {
  genuine: "Genuine",
  refused: "Refused",
  unjudged: "Not judged",
};
