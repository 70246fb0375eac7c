import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pause, until } from "../replay/until.ts";
import { bundle } from "./bundle.ts";
import type { StoreOptions, WorkerOptions } from "./worker.ts";

/** One request that arrived. */
export interface Arrival {
  readonly event: string;
  readonly worker: string;
  readonly at: number;
}

/** A line of a ledger. */
interface Line {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Requests that were made for the event until then. */
  readonly attempts: number;
}

/** What was found at the end. */
export interface Findings {
  readonly accepted: number;
  /** Accepted and never arrived. */
  readonly lost: readonly string[];
  /** Arrived again after their delivery was written down. */
  readonly again: readonly string[];
  /** Arrived again in the windows that the README names. */
  readonly inWindow: number;
  /** Of these, by who stood still after he had made sure of his claim. */
  readonly stoodStill: number;
  /** Of these, after their delivery was written down: of an attempt before, which had no answer in time. */
  readonly late: number;
  /** Of the strict endpoint, arrived behind a later one. */
  readonly outOfOrder: readonly string[];
}

/** Longer than any lease of a worker, in milliseconds. */
const FROZEN_FOR = 600_000;
/** Workers that come and go, a receiver that counts, and what both have seen. */
export class Fleet {
  readonly folder = mkdtempSync(join(tmpdir(), "countersign-keep-"));
  readonly arrivals: Arrival[] = [];
  readonly #random: () => number;
  readonly #store: StoreOptions;
  readonly #ledgers: string[] = [];
  readonly #workers = new Map<string, ChildProcess>();
  readonly #server: Server;
  #program = "";
  #target = "";
  #count = 0;
  #later = 0;
  /** When each worker last went on after it stood still. */
  readonly #thawed = new Map<string, number>();

  constructor(random: () => number, store: (folder: string) => StoreOptions) {
    this.#random = random;
    this.#store = store(this.folder);
    this.#server = createServer((request, response) => {
      let text = "";
      request.on("data", (chunk) => {
        text += chunk;
      });
      request.on("end", () => {
        const { id } = JSON.parse(text) as { id: string };
        const worker = String(request.headers["x-worker"]);
        this.arrivals.push({ event: id, worker, at: Date.now() });
        setTimeout(() => response.writeHead(204).end(), this.#random() * 10);
      });
    });
  }

  async start(): Promise<void> {
    this.#program = await bundle("worker");
    await once(this.#server.listen(0, "127.0.0.1"), "listening");
    this.#target = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** Starts a worker, and waits until it is ready. */
  async join(produces: boolean): Promise<string> {
    this.#count += 1;
    const name = `w${this.#count}`;
    const ledger = join(this.folder, `${name}.ledger`);
    this.#ledgers.push(ledger);
    const later = join(this.folder, `${name}.later`);
    writeFileSync(later, Buffer.alloc(8));
    const options: WorkerOptions = { store: this.#store, target: this.#target, ledger, later, name, produces };
    const child = fork(this.#program, { env: { ...process.env, WORKER: JSON.stringify(options) }, stdio: "inherit" });
    this.#workers.set(name, child);
    await until(`${name} is ready`, () => existsSync(ledger) && readFileSync(ledger, "utf8").includes("ready"));
    return name;
  }

  /** As a crash ends it. */
  async kill(name: string): Promise<void> {
    const child = this.#workers.get(name) as ChildProcess;
    this.#workers.delete(name);
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  }

  /** It stands still, until it is told to go on: by its clock, for much longer than its leases. */
  freeze(name: string): () => void {
    const child = this.#workers.get(name) as ChildProcess;
    child.kill("SIGSTOP");
    return () => {
      this.#later += FROZEN_FOR;
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleLE(this.#later);
      writeFileSync(join(this.folder, `${name}.later`), bytes);
      this.#thawed.set(name, Date.now());
      child.kill("SIGCONT");
    };
  }

  /** The workers send no more of their own, and deliver what there is. */
  async quiet(): Promise<void> {
    for (const child of this.#workers.values()) child.send("quiet");
    await pause(100);
  }

  /** Some time, at random. */
  async sometime(least: number, most: number): Promise<void> {
    await pause(least + this.#random() * (most - least));
  }

  pick<Value>(values: readonly Value[]): Value {
    return values[Math.floor(this.#random() * values.length)] as Value;
  }

  get workers(): readonly string[] {
    return [...this.#workers.keys()];
  }

  /** The lines of all ledgers, of a kind, by what they are about. */
  lines(kind: string): Map<string, Line> {
    const found = new Map<string, Line>();
    for (const ledger of this.#ledgers) {
      if (!existsSync(ledger)) continue;
      for (const line of readFileSync(ledger, "utf8").split("\n")) {
        const [word, what, at, attempts] = line.split(" ");
        if (word === kind && what !== undefined) found.set(what, { at: Number(at), attempts: Number(attempts) });
      }
    }
    return found;
  }

  missing(): string[] {
    const arrived = new Set(this.arrivals.map(({ event }) => event));
    return [...this.lines("accepted").keys()].filter((what) => !arrived.has(what.split("/")[1] as string));
  }

  /** What of it all was not as it should be. */
  findings(): Findings {
    const written = new Map([...this.lines("delivered")].map(([what, line]) => [what.split("/")[1] as string, line]));
    const asked = this.lines("asked");
    const times = new Map<string, number>();
    for (const { event } of this.arrivals) times.set(event, (times.get(event) ?? 0) + 1);
    const first = new Set<string>();
    const again: string[] = [];
    const outOfOrder: string[] = [];
    const latest = new Map<string, number>();
    let repeated = 0;
    let late = 0;
    let stoodStill = 0;
    for (const { event, worker, at } of this.arrivals) {
      const [by, line, n] = event.split("-") as [string, string, string];
      const thawed = this.#thawed.get(worker) ?? 0;
      const madeSure = asked.get(`${worker}/${event}`)?.at ?? at;
      // He had made sure of his claim before he stood still, and the request went out when he went on.
      if (first.has(event) && at >= thawed && madeSure < thawed) {
        stoodStill += 1;
        continue;
      }
      if (line === "0") {
        if (Number(n) < (latest.get(by) ?? 0)) outOfOrder.push(`${event} by ${worker}`);
        latest.set(by, Number(n));
      }
      if (!first.has(event)) {
        first.add(event);
        continue;
      }
      repeated += 1;
      const { at: ended, attempts } = written.get(event) ?? { at: Number.POSITIVE_INFINITY, attempts: 0 };
      if (ended >= at) continue;
      // As many as there were attempts before it was written down: one of them had no answer in time, and came late.
      if ((times.get(event) ?? 0) <= attempts) late += 1;
      else again.push(`${event} by ${worker}, ${at - ended} ms after it, ${times.get(event)} of ${attempts} attempts`);
    }
    const accepted = this.lines("accepted").size;
    return {
      accepted,
      lost: this.missing(),
      again,
      inWindow: repeated - again.length + stoodStill,
      stoodStill,
      late,
      outOfOrder,
    };
  }

  async end(): Promise<void> {
    for (const name of this.workers) await this.kill(name);
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.folder, { recursive: true, force: true });
    rmSync(this.#program, { force: true });
  }
}
