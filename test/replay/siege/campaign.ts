import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sign } from "@countersign/core";
import { standardWebhooks } from "@countersign/core/providers";
import { Agent } from "undici";
import { CLIENTS, type ClientName, freshSpace } from "../clients.ts";
import { insist, Machine } from "../fleet.ts";
import type { AdapterName } from "../harnesses.ts";
import { Network } from "../network.ts";
import { randomFrom } from "../random.ts";
import type { OwnService } from "../services.ts";
import { pause } from "../until.ts";
import { type Judgement, judge } from "./judge.ts";
import { type Life, now, readLog } from "./log.ts";
import { type Fault, type PlanOptions, plan, type Work } from "./plan.ts";

const SECRET = "whsec_c2llZ2Ugb2YgYSBmbGVldCBvZiBwcm9jZXNzZXM=";
/** Three frameworks, one of them twice; each client is in two of them. */
const FLEET: readonly (readonly [AdapterName, 0 | 1])[] = [
  ["express", 0],
  ["fastify", 1],
  ["hono", 0],
  ["express", 1],
];

/** So many claims are timed at once. */
const CLAIMS = 300;

export interface SiegeOptions extends Omit<PlanOptions, "workers"> {
  readonly service: OwnService;
  readonly clients: readonly [ClientName, ClientName];
  /** The bundled worker. */
  readonly program: string;
  readonly wait: number;
  /** How many deliveries are on their way at once. */
  readonly senders: number;
  /** How often the store is timed at the end, full and empty in turn; 0 for not at all. */
  readonly rounds: number;
}

/** What a campaign found, and how fast the store was at its two ends. */
export interface Siege extends Judgement {
  readonly deliveries: number;
  readonly requests: number;
  readonly kills: number;
  readonly outages: number;
  readonly seconds: number;
  /** In the first and in the last tenth, which no fault disturbs. What else the machine does is in it too. */
  readonly pace: readonly [Pace, Pace];
  /** Claims a second with all that the store has kept, and with an empty one beside it, measured in turn. */
  readonly full: number;
  readonly empty: number;
}

export interface Pace {
  readonly claimsPerSecond: number;
  /** The median of a claim, from asked to answered. */
  readonly milliseconds: number;
}

/** A fleet of processes on one store, a provider that tries until it is answered 2xx, and everything that breaks by plan. */
export async function siege(options: SiegeOptions): Promise<Siege> {
  const run = new Campaign(options);
  try {
    return await run.run();
  } finally {
    await run.end();
  }
}

interface Post {
  machine: Machine;
  readonly log: string;
  readonly worker: string;
}

class Campaign {
  readonly #options: SiegeOptions;
  readonly #random: () => number;
  readonly #folder = mkdtempSync(join(tmpdir(), "countersign-siege-"));
  readonly #space = freshSpace();
  readonly #agent = new Agent({ connections: 64, headersTimeout: 20_000 });
  readonly #acknowledged = new Map<string, number>();
  /** When each delivery was first sent, one after the other. */
  #begun: number[] = [];
  readonly #posts: (Post | undefined)[] = [];
  readonly #lives: { readonly worker: string; readonly log: string; readonly killed: number | undefined }[] = [];
  readonly #breaking = new Set<Promise<void>>();
  #network!: Network;
  #faults: Fault[] = [];
  /** One outage after the other: the store is away once at a time. */
  #outage: Promise<void> = Promise.resolve();
  #requests = 0;
  #over = false;
  /** Processes that nobody killed. */
  readonly #ended: string[] = [];
  #starts = 0;

  constructor(options: SiegeOptions) {
    this.#options = options;
    this.#random = randomFrom(options.seed + 1);
  }

  async run(): Promise<Siege> {
    const { works, faults } = plan({ ...this.#options, workers: FLEET.length });
    const { service, lease, kills, outages, deliveries } = this.#options;
    this.#faults = [...faults];
    this.#network = await Network.before(service.url);
    await Promise.all(FLEET.map((_, i) => this.#start(i)));
    // What a process does for the first time is slow, and would make the end look fast.
    await this.#provide(works.slice(0, deliveries / 10).map((work) => ({ ...work, event: `warm ${work.event}` })));
    this.#acknowledged.clear();
    this.#begun = [];
    await this.#provide(works);
    const seconds = (now() - (this.#begun[0] as number)) / 1_000;
    await Promise.all(this.#breaking);
    const begun = this.#begun;
    // Whatever is remembered runs no handler.
    await this.#provide(works.map((work) => ({ ...work, copies: 1, again: undefined })));
    this.#over = true;
    for (const post of this.#posts) if (post !== undefined) this.#lives.push({ ...post, killed: undefined });
    await Promise.all(this.#posts.map((post) => post?.machine.kill()));
    const lives = this.#lives.map(({ worker, log, killed }): Life => ({ worker, killed, lines: readLog(log) }));
    const judged = judge(lives, this.#acknowledged, lease);
    return {
      ...judged,
      violations: [...judged.violations, ...this.#ended],
      deliveries,
      requests: this.#requests,
      kills,
      outages,
      seconds,
      pace: pace(lives, begun),
      ...(await this.#compare()),
    };
  }

  async end(): Promise<void> {
    this.#over = true;
    await Promise.all(this.#posts.map((post) => post?.machine.kill()));
    await this.#agent.destroy();
    await this.#network?.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Round after round, so that whatever else the machine does is in both. */
  async #compare(): Promise<{ full: number; empty: number }> {
    const { service, clients, rounds } = this.#options;
    const spaces = [this.#space, freshSpace()];
    const stores = await Promise.all(spaces.map((space) => CLIENTS[clients[0]](service.url, space)));
    const rates: number[][] = stores.map(() => []);
    for (let round = 0; round < rounds; round++)
      for (const [i, { store }] of stores.entries()) {
        const claims = Array.from({ length: CLAIMS }, (_, n) => `{pace}:${round}:${n}`).values();
        const claimer = async () => {
          for (const key of claims) await store.claim(key, "pace", 60_000, { key: `${key}:twin`, ttl: 60_000 });
        };
        const since = now();
        await Promise.all(Array.from({ length: 8 }, claimer));
        (rates[i] as number[]).push((CLAIMS * 1_000) / (now() - since));
      }
    await Promise.all(stores.map(({ close }) => close()));
    const [full = Number.NaN, empty = Number.NaN] = rates.map(
      (measured) => measured.sort((a, b) => a - b)[measured.length >> 1],
    );
    return { full, empty };
  }

  // The provider.

  async #provide(works: readonly Work[]): Promise<void> {
    const waiting = works.values();
    const later: Promise<void>[] = [];
    const sender = async () => {
      for (const work of waiting) {
        this.#begun.push(now());
        await Promise.all(Array.from({ length: work.copies }, () => this.#deliver(work)));
        if (!this.#acknowledged.has(work.event)) this.#acknowledged.set(work.event, now());
        this.#break();
        if (work.again !== undefined) later.push(pause(work.again).then(() => this.#deliver(work)));
      }
    };
    await Promise.all(Array.from({ length: this.#options.senders }, sender));
    await Promise.all(later);
  }

  /** Tries until it is answered 2xx, at any of the processes; half of the retries are signed anew. */
  async #deliver({ event, takes, fails }: Work): Promise<void> {
    const id = event;
    const body = JSON.stringify({ type: "made", data: { takes, fails } });
    let headers = await sign(standardWebhooks, { secret: SECRET, body, id });
    let last = "";
    await insist(
      async () => {
        const post = this.#posts[Math.floor(this.#random() * FLEET.length)];
        if (post === undefined) return 503;
        this.#requests++;
        const request = { method: "POST", url: "", headers: { ...headers, "content-type": "application/json" } };
        const status = await post.machine.post({ ...request, body: Buffer.from(body) }, this.#agent).catch(() => 503);
        if (status >= 300 && this.#random() < 0.5) headers = await sign(standardWebhooks, { secret: SECRET, body, id });
        last = `${post.worker} answered ${status}`;
        return status === 500 ? 503 : status;
      },
      10,
      300,
    ).catch((error) => {
      throw new Error(`${event} never got its 2xx: ${last}`, { cause: error });
    });
  }

  // What breaks.

  #break(): void {
    while (this.#faults.length > 0 && (this.#faults[0] as Fault).after <= this.#acknowledged.size) {
      const fault = this.#faults.shift() as Fault;
      const broken = pause(fault.delay).then(() => this.#happen(fault));
      this.#breaking.add(broken);
      void broken.finally(() => this.#breaking.delete(broken));
    }
  }

  async #happen(fault: Fault): Promise<void> {
    if (fault.what === "worker") return this.#kill(fault.worker);
    const before = this.#outage;
    this.#outage = before.then(() => this.#takeAway(fault));
    await this.#outage;
  }

  async #takeAway({ how, lasts }: Extract<Fault, { what: "store" }>): Promise<void> {
    const { service } = this.#options;
    if (how === "killed") await service.crash();
    else if (how === "stopped") service.freeze();
    else if (how === "cut off") this.#network.cut();
    else this.#network.swallow();
    await pause(lasts);
    if (how === "killed") await service.start();
    else if (how === "stopped") service.thaw();
    else this.#network.open();
  }

  async #kill(i: number): Promise<void> {
    // One that is starting is killed when it has started: a kill is of a process that works.
    while (this.#posts[i] === undefined) await pause(20);
    const post = this.#posts[i] as Post;
    this.#posts[i] = undefined;
    this.#lives.push({ ...post, killed: now() });
    await post.machine.kill();
    await this.#start(i);
  }

  async #start(i: number): Promise<void> {
    const { program, clients, lease, wait } = this.#options;
    const [adapter, client] = FLEET[i] as (typeof FLEET)[number];
    const worker = `${adapter} ${i}`;
    const log = join(this.#folder, `${++this.#starts}.log`);
    const orders = {
      secret: SECRET,
      lease: `${lease}ms`,
      wait: `${wait}ms`,
      patience: 2 * wait,
      space: this.#space,
      url: this.#network.url,
    };
    for (;;) {
      const machine = new Machine(program);
      try {
        // It connects as it starts, and gives up where the store is away: then it is started anew, as a supervisor does.
        await machine.serve({ ...orders, client: clients[client], adapter, log });
        const post = { machine, log, worker };
        this.#posts[i] = post;
        machine.child.once("exit", () => {
          if (this.#posts[i] === post && !this.#over) this.#ended.push(`${worker} ended by itself`);
        });
        return;
      } catch {
        await machine.kill();
        await pause(50);
      }
    }
  }
}

/** @param begun when each delivery was first sent */
function pace(lives: readonly Life[], begun: readonly number[]): readonly [Pace, Pace] {
  const at = (share: number) => begun[Math.min(begun.length - 1, Math.floor(share * begun.length))] as number;
  const between = (from: number, to: number): Pace => {
    const claims = lives
      .flatMap(({ lines }) => lines)
      .filter((line) => line.what === "claim" && line.at >= from && line.at < to)
      .map((line) => line.at - (line as { asked: number }).asked)
      .sort((a, b) => a - b);
    return {
      claimsPerSecond: (claims.length * 1_000) / (to - from),
      milliseconds: claims[Math.floor(claims.length / 2)] ?? Number.NaN,
    };
  };
  return [between(at(0), at(0.1)), between(at(0.9), at(1))];
}
