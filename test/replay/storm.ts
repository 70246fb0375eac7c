import { createVerifier, type Delivery, type ReplayStore, type StoreFailure } from "@countersign/core";
import { tailscale } from "@countersign/core/providers";
import type { SignedRequest } from "@countersign/core/testing";
import { secret, signed } from "./kit.ts";
import { pause, until } from "./until.ts";

export interface Work {
  readonly id: string;
  /** How long the handler works, and how many of its first runs fail. */
  readonly takes: number;
  readonly fails: number;
}

/** What the machines did, seen from outside of all of them. */
export interface Book {
  /** Runs of the handler that ended well, by the store's key. */
  readonly handled: Map<string, number>;
  /** Keys that two handlers worked on at once. */
  readonly together: string[];
  readonly failures: StoreFailure[];
  /** Answers that a provider got, by status. */
  readonly statuses: Map<number, number>;
  /** Deliveries that got their 2xx. */
  acknowledged: number;
}

export interface StormOptions {
  readonly lease: string;
  readonly wait: string;
  readonly backlog?: number;
}

/**
 * Several machines, each with a store connection of its own, and a provider that sends every delivery to two of them at
 * once and tries again until both say 2xx.
 */
export class Storm {
  readonly book: Book = { handled: new Map(), together: [], failures: [], statuses: new Map(), acknowledged: 0 };
  private readonly machines: ((request: SignedRequest) => Promise<number>)[];
  private readonly working = new Map<string, number>();
  private readonly tries = new Map<string, number>();
  private readonly sent: SignedRequest[] = [];
  private readonly senders: Promise<void>[] = [];
  private stopped = false;

  constructor(stores: readonly ReplayStore[], options: StormOptions) {
    this.machines = stores.map((store) => {
      const replay = { store, ...options, onFailure: (failure: StoreFailure) => void this.book.failures.push(failure) };
      const verifier = createVerifier(tailscale, { secret, replay });
      return async (request) => {
        const { url, method, headers, body } = request;
        const response = await verifier
          .handle(new Request(url, { method, headers, body: Buffer.from(body).toString() }), (delivery) =>
            this.handle(delivery),
          )
          .catch(() => new Response(null, { status: 500 }));
        await response.arrayBuffer();
        return response.status;
      };
    });
  }

  private async handle(delivery: Delivery<any>): Promise<Response> {
    const { takes, fails } = JSON.parse(delivery.payload[0].message) as Work;
    const key = delivery.key as string;
    const others = this.working.get(key) ?? 0;
    if (others > 0) this.book.together.push(key);
    this.working.set(key, others + 1);
    await pause(takes);
    this.working.set(key, (this.working.get(key) as number) - 1);
    const run = (this.tries.get(key) ?? 0) + 1;
    this.tries.set(key, run);
    if (run <= fails) throw new Error("the handler failed");
    this.book.handled.set(key, (this.book.handled.get(key) ?? 0) + 1);
    return new Response(null, { status: 204 });
  }

  /** Starts so many senders, each of which sends one delivery after the other until `stop()`. */
  start(senders: number): void {
    for (let sender = 0; sender < senders; sender++) {
      this.senders.push(
        (async () => {
          for (let i = 0; !this.stopped; i++) {
            // Every twentieth handler works across an outage, and every seventh delivery fails at first.
            await this.deliver({
              id: `${sender}.${i}`,
              takes: i % 20 === 7 ? 1_000 : i % 5,
              fails: i % 7 === 3 ? 1 : 0,
            });
          }
        })(),
      );
    }
  }

  private async deliver(work: Work): Promise<void> {
    const request = await signed(JSON.stringify(work));
    this.sent.push(request);
    const first = Math.floor(Math.random() * this.machines.length);
    await Promise.all([this.insist(request, first), this.insist(request, first + 1)]);
    this.book.acknowledged++;
  }

  /** Tries until it is answered 2xx, as a provider does, on another machine each time. */
  private async insist(request: SignedRequest, first: number): Promise<void> {
    for (let i = 0; i < 1_500; i++) {
      const send = this.machines[(first + i) % this.machines.length] as (request: SignedRequest) => Promise<number>;
      const status = await send(request);
      this.book.statuses.set(status, (this.book.statuses.get(status) ?? 0) + 1);
      if (status < 300) return;
      await pause(20);
    }
    throw new Error("A delivery was tried 1500 times and never got its 2xx.");
  }

  /** Until so many more deliveries are through: the machines are at work again, by themselves. */
  async works(more = 40): Promise<void> {
    const goal = this.book.acknowledged + more;
    await until(`${more} more deliveries are handled`, () => this.book.acknowledged >= goal, 20_000);
  }

  /** Until so many more claims have failed: the outage is felt. */
  async suffers(more = 10): Promise<void> {
    const count = () => this.book.failures.filter(({ operation }) => operation === "claim").length;
    const goal = count() + more;
    await until(`${more} more claims fail`, () => count() >= goal);
  }

  /** No new deliveries; those on their way are tried to their end. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.senders);
  }

  /** Everything once more to one machine after the other: what is remembered runs no handler. */
  async repeat(): Promise<void> {
    for (let i = 0; i < this.sent.length; i += 20) {
      await Promise.all(this.sent.slice(i, i + 20).map((request, j) => this.insist(request, i + j)));
    }
  }

  get count(): number {
    return this.sent.length;
  }

  /** Keys that were handled more than once. */
  get twice(): string[] {
    return [...this.book.handled].filter(([, runs]) => runs > 1).map(([key]) => key);
  }

  /** Keys whose commit the store did not acknowledge, as `onFailure` told. */
  get unacknowledged(): Set<string> {
    return new Set(this.book.failures.filter(({ operation }) => operation === "commit").map(({ key }) => key));
  }
}
