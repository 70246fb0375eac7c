import type { Writable } from "node:stream";
import { Failure } from "./failure.ts";
import { Mask } from "./mask.ts";
import { type Paint, paintFor } from "./paint.ts";

/** What an output writes to, and what decides how. */
export interface OutputSettings {
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For scripts: JSON on standard output and nothing else. */
  readonly json: boolean;
}

/** All that a command prints goes through here: results to standard output, what happens meanwhile to standard error. */
export class Output {
  readonly paint: Paint;
  readonly json: boolean;
  /** Somebody sits there and can be asked. */
  readonly interactive: boolean;
  readonly #settings: OutputSettings;
  readonly #mask = new Mask();
  #broken: NodeJS.ErrnoException | undefined;

  constructor(settings: OutputSettings) {
    this.#settings = settings;
    this.json = settings.json;
    this.paint = paintFor(settings.stdout.isTTY === true && !settings.json, settings.env);
    this.interactive = settings.stderr.isTTY === true && !settings.json;
    settings.stdout.on("error", (error) => (this.#broken ??= error));
    settings.stderr.on("error", () => {});
  }

  /** From now on this appears in nothing that is printed. */
  hide(secret: string): void {
    this.#mask.hide(secret);
  }

  /** What is printed of a text once secrets are taken out. */
  masked(text: string): string {
    return this.#mask.apply(text);
  }

  /** Lines of a result, for a person; nothing with `--json`. */
  lines(lines: readonly string[]): Promise<void> {
    return this.json || lines.length === 0 ? Promise.resolve() : this.#write(`${lines.join("\n")}\n`);
  }

  /** A result for a script, on a line of its own; nothing without `--json`. */
  value(value: unknown): Promise<void> {
    return this.json ? this.#write(`${JSON.stringify(value)}\n`) : Promise.resolve();
  }

  /** What happens meanwhile, for a person: never mixed with the result. */
  note(text: string): void {
    if (!this.json) this.#settings.stderr.write(`${this.masked(text)}\n`);
  }

  /** Why it ended, for a person, on standard error. */
  complain(text: string): void {
    this.#settings.stderr.write(`${this.masked(text)}\n`);
  }

  /** A result without a line break of its own and unmasked: a secret that was asked for. */
  reveal(text: string): Promise<void> {
    return this.#write(text, false);
  }

  /** Resolves when it is written. Who reads no more (`| head`) is no failure; a full disk is. */
  #write(text: string, mask = true): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#settings.stdout.write(mask ? this.masked(text) : text, (error) => {
        const broken = (error ?? this.#broken) as NodeJS.ErrnoException | null | undefined;
        if (broken === null || broken === undefined || broken.code === "EPIPE") resolve();
        else reject(new Failure("outside", "output_failed", `The result could not be written (${broken.code}).`));
      });
    });
  }

  /** True once nobody reads standard output any more. */
  get unread(): boolean {
    return this.#broken?.code === "EPIPE";
  }
}
