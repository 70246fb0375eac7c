import type { ServerResponse } from "node:http";
import type { Message } from "./wire.ts";

/** More pages than anybody has open. */
const MOST = 16;
/** What a page may leave unread before it is cut off, in bytes: it asks for everything anew. */
const UNREAD = 16 * 1_048_576;
/** News of this many milliseconds go together. */
const TOGETHER = 40;

/** The pages that look on, told by server-sent events. */
export class Stream {
  readonly #pages = new Set<ServerResponse>();
  readonly #changed = new Set<number>();
  readonly #tell: (ids: readonly number[]) => readonly Message[];
  readonly #masked: (text: string) => string;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param tell makes the messages about deliveries that are new or have changed
   * @param masked takes secrets out of a text
   */
  constructor(tell: (ids: readonly number[]) => readonly Message[], masked: (text: string) => string) {
    this.#tell = tell;
    this.#masked = masked;
  }

  /** Adds a page, which first is told all that there is. */
  add(response: ServerResponse, first: Message): void {
    if (this.#pages.size >= MOST) this.#pages.values().next().value?.destroy();
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(this.#written(first));
    this.#pages.add(response);
    response.on("close", () => this.#pages.delete(response));
  }

  /** A delivery is new, or has changed. */
  changed(id: number): void {
    if (this.#pages.size === 0) return;
    this.#changed.add(id);
    this.#timer ??= setTimeout(() => this.#flush(), TOGETHER);
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const page of this.#pages) page.end();
  }

  #flush(): void {
    this.#timer = undefined;
    const text = this.#tell([...this.#changed])
      .map((message) => this.#written(message))
      .join("");
    this.#changed.clear();
    for (const page of this.#pages) {
      if (page.writableLength > UNREAD) page.destroy();
      else page.write(text);
    }
  }

  /** JSON has no line break of its own, so that each message is one line. */
  #written(message: Message): string {
    return `data: ${this.#masked(JSON.stringify(message))}\n\n`;
  }
}
