import { ConfigurationError } from "@countersign/core";
import { defineEndpoint, type Endpoint, type EndpointContext } from "../endpoint/define.ts";
import type { EndpointOptions } from "../endpoint/options.ts";
import type { EndpointStats } from "../outbox/parts.ts";
import { maskUrl } from "../secret/mask.ts";
import { Lane, type LaneTools } from "./lane.ts";

/** What may be shown of a running endpoint: nothing in it is secret. */
export interface EndpointDescription {
  /** Unique among the sender's endpoints. */
  readonly name: string;
  /** Its origin only: path and query may be secret. */
  readonly url: string;
  /** The HTTP verb of its requests: `"POST"` unless the definition says otherwise. */
  readonly method: string;
  /** The schedule in words: `"every 1h for 24h"`. */
  readonly retry: string;
  /** `"fifo"`: strictly one after the other. */
  readonly order: "any" | "fifo";
  /** The most requests under way at a time. */
  readonly concurrency: number;
  /** `false` while its events are kept without being sent. */
  readonly enabled: boolean;
  /** Why it is not enabled, where the receiver or the application said so. */
  readonly reason?: string;
  /** Whether requests carry a signature. */
  readonly signed: boolean;
  /** `true` as long as any TLS certificate is accepted, whoever presents it. */
  readonly acceptsInvalidCertificates: boolean;
  /** `"open"` while a failing endpoint is left alone; `"off"` when the definition says `breaker: false`. */
  readonly breaker: "off" | "closed" | "open";
  /** Requests (or batches of them) under way now. */
  readonly inFlight: number;
}

/** The endpoints of a running sender: added, changed and watched while it sends. */
export interface Endpoints {
  /** @throws ConfigurationError when the definition is not possible or the name is taken */
  add(options: EndpointOptions): void;
  /** Another definition under the same name. What waits goes by the new one; the endpoint's state stays. */
  replace(options: EndpointOptions): void;
  /**
   * Removes the endpoint. Its waiting events are cancelled, and those under way, in other processes too, if they do not
   * arrive; its dead letters stay, to be looked at: the next endpoint of its name gets nothing of it. Gives back how many
   * were waiting.
   */
  remove(name: string): Promise<number>;
  /** Keeps events without sending them, until it is enabled again. What is under way ends. Kept in the outbox. */
  disable(name: string, reason?: string): Promise<void>;
  /**
   * Sends again, and first what was kept meanwhile. Overrules `enabled: false` of the definition. Kept in the outbox.
   */
  enable(name: string): Promise<void>;
  /** Whether an endpoint is defined under this name. */
  has(name: string): boolean;
  /** What may be shown of one. @throws ConfigurationError `unknown_endpoint` */
  describe(name: string): EndpointDescription;
  /** What may be shown of all, in the order in which they were added. */
  list(): readonly EndpointDescription[];
  /** Counts what waits, what is claimed and what is dead at one. @throws ConfigurationError `unknown_endpoint` */
  stats(name: string): Promise<EndpointStats>;
}

/** Keeps the lanes by name. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  /** Names whose waiting events are being cancelled: another endpoint's would go with them. */
  readonly #leaving = new Set<string>();
  #closed = false;
  readonly #context: EndpointContext;
  readonly #tools: LaneTools;
  readonly #removed: (endpoint: string) => Promise<void>;

  /** @param removed told of each endpoint that was removed, once nothing of it waits any more */
  constructor(context: EndpointContext, tools: LaneTools, removed: (endpoint: string) => Promise<void>) {
    this.#context = context;
    this.#tools = tools;
    this.#removed = removed;
  }

  values(): IterableIterator<Lane> {
    return this.#lanes.values();
  }

  find(name: string): Lane | undefined {
    return this.#lanes.get(name);
  }

  get(name: string): Lane {
    const lane = this.#lanes.get(name);
    if (lane === undefined) {
      throw new ConfigurationError(
        "endpoint",
        `There is no endpoint named ${typeof name === "string" ? JSON.stringify(name) : `by a ${typeof name}`}. Add it first.`,
        "unknown_endpoint",
      );
    }
    return lane;
  }

  /** No endpoint is added or changed any more. */
  close(): void {
    this.#closed = true;
  }

  #checkOpen(): void {
    if (!this.#closed) return;
    throw new ConfigurationError("endpoints", "The sender is closed and takes no more endpoints.", "closed");
  }

  add(options: EndpointOptions): void {
    this.#checkOpen();
    const endpoint = defineEndpoint(options, this.#context);
    if (this.#leaving.has(endpoint.name)) {
      throw new ConfigurationError(
        "endpoint.name",
        `The endpoint named ${JSON.stringify(endpoint.name)} is still being removed. Wait for the promise of remove.`,
        "duplicate_endpoint",
      );
    }
    if (this.#lanes.has(endpoint.name)) {
      throw new ConfigurationError(
        "endpoint.name",
        `There is already an endpoint named ${JSON.stringify(endpoint.name)}. Use replace, or another name.`,
        "duplicate_endpoint",
      );
    }
    const lane = new Lane(endpoint, this.#tools);
    this.#lanes.set(endpoint.name, lane);
    this.#tell("added", endpoint);
    lane.kick();
  }

  replace(options: EndpointOptions): void {
    this.#checkOpen();
    const endpoint = defineEndpoint(options, this.#context);
    this.get(endpoint.name).redefine(endpoint);
    this.#tell("changed", endpoint);
  }

  #tell(what: "added" | "changed", { name, url }: Endpoint): void {
    this.#tools.announcer.tell(what, () => ({ endpoint: name, url: maskUrl(url) }));
  }

  async remove(name: string): Promise<number> {
    const lane = this.get(name);
    this.#lanes.delete(name);
    lane.remove();
    this.#leaving.add(name);
    try {
      const { generation } = await lane.ready();
      const cancelled = await this.#tools.outbox.removeEndpoint(name, generation);
      await this.#removed(name);
      this.#tools.announcer.tell("removed", () => ({ endpoint: name, cancelled }));
      return cancelled;
    } finally {
      this.#leaving.delete(name);
    }
  }

  describe(name: string): EndpointDescription {
    const lane = this.get(name);
    const { endpoint, state } = lane;
    const reason = state?.disabled ? state.reason : undefined;
    return {
      name,
      url: maskUrl(endpoint.url),
      method: endpoint.method,
      retry: endpoint.retry.description,
      order: endpoint.order === "fifo" ? "fifo" : "any",
      concurrency: endpoint.concurrency,
      enabled: !lane.disabled,
      ...(reason === undefined ? {} : { reason }),
      signed: endpoint.signer !== undefined,
      acceptsInvalidCertificates: endpoint.tls?.rejectUnauthorized === false,
      breaker: endpoint.breaker === undefined ? "off" : lane.breakerOpen ? "open" : "closed",
      inFlight: lane.inFlight,
    };
  }

  async disable(name: string, reason = "Disabled by the application."): Promise<void> {
    await this.get(name).setDisabled(reason);
  }

  async enable(name: string): Promise<void> {
    const lane = this.get(name);
    // A definition that says enabled: false is overruled by this call.
    if (!lane.endpoint.enabled) lane.endpoint = { ...lane.endpoint, enabled: true };
    await lane.setDisabled(undefined);
  }

  /** The part that applications see. */
  facade(): Endpoints {
    return Object.freeze({
      add: (options: EndpointOptions) => this.add(options),
      replace: (options: EndpointOptions) => this.replace(options),
      remove: (name: string) => this.remove(name),
      disable: (name: string, reason?: string) => this.disable(name, reason),
      enable: (name: string) => this.enable(name),
      has: (name: string) => this.#lanes.has(name),
      describe: (name: string) => this.describe(name),
      list: () => [...this.#lanes.keys()].map((name) => this.describe(name)),
      stats: async (name: string) => {
        this.get(name);
        return (await this.#tools.outbox.stats([name]))[0] as EndpointStats;
      },
    });
  }
}
