/** The part of a Durable Object's state that is used. */
export interface ReplayObjectState {
  readonly storage: {
    get(key: string): Promise<unknown>;
    put(key: string, value: unknown): Promise<void>;
    delete(key: string): Promise<unknown>;
    list(options: { limit: number; start?: string }): Promise<Map<string, unknown>>;
    setAlarm(time: number): Promise<void>;
    getAlarm(): Promise<number | null>;
  };
}

/** What the store asks of the object. */
export interface ReplayCall {
  readonly operation: "claim" | "commit" | "release" | "extend";
  readonly key: string;
  readonly token: string;
  /** How long the claim, or the memory of what is done, lasts. */
  readonly milliseconds: number;
  /** Another name of the same delivery. */
  readonly twin?: { readonly key: string; readonly ttl: number };
}

/** A key that is claimed or done, or another name of one. */
interface Entry {
  readonly token: string;
  readonly state: "claimed" | "done" | "name";
  /** The key that a name means. */
  readonly main?: string;
  readonly expires: number;
}

const HOUR = 3_600_000;

/**
 * The replay keys of one provider and namespace, which all begin with the same `{…}`. While the object waits for its
 * storage no other call is let in, so each operation is atomic; an alarm forgets what has expired.
 */
export class ReplayObject {
  private readonly storage: ReplayObjectState["storage"];

  constructor(state: ReplayObjectState) {
    this.storage = state.storage;
  }

  async fetch(request: Request): Promise<Response> {
    const call = (await request.json()) as ReplayCall;
    return Response.json(await this[call.operation](call));
  }

  /** Forgets keys that have expired, a thousand at a time. */
  async alarm(): Promise<void> {
    let start: string | undefined;
    for (;;) {
      const page = await this.storage.list({ limit: 1_000, ...(start === undefined ? {} : { start }) });
      for (const [key, entry] of page) if ((entry as Entry).expires <= this.now()) await this.storage.delete(key);
      if (page.size < 1_000) break;
      start = `${[...page.keys()].at(-1)}\0`;
    }
    await this.storage.setAlarm(this.now() + HOUR);
  }

  protected now(): number {
    return Date.now();
  }

  private async claim({ key, token, milliseconds, twin }: ReplayCall): Promise<"new" | "busy" | "done"> {
    const first = await this.find(key);
    const second = twin === undefined ? undefined : await this.find(twin.key);
    const known = first === undefined || second?.entry.state === "done" ? (second ?? first) : first;
    if (known === undefined) {
      await this.keep(key, { token, state: "claimed" }, milliseconds);
      if (twin !== undefined) await this.name(twin.key, key, twin.ttl);
      return "new";
    }
    if (twin !== undefined) for (const one of [key, twin.key]) await this.name(one, known.key, twin.ttl);
    if (known.entry.state === "done") return "done";
    return known.entry.token === token ? "new" : "busy";
  }

  private async commit({ key, token, milliseconds, twin }: ReplayCall): Promise<boolean> {
    const known = await this.find(key);
    if (known !== undefined && known.entry.token !== token) return false;
    await this.keep(key, { token, state: "done" }, milliseconds);
    if (twin !== undefined) await this.name(twin.key, key, twin.ttl);
    return true;
  }

  private async release({ key, token }: ReplayCall): Promise<boolean> {
    const entry = await this.live(key);
    if (entry?.state !== "claimed" || entry.token !== token) return false;
    await this.storage.delete(key);
    return true;
  }

  private async extend({ key, token, milliseconds }: ReplayCall): Promise<boolean> {
    const known = await this.find(key);
    if (known !== undefined && (known.entry.state === "done" || known.entry.token !== token)) return false;
    await this.keep(key, { token, state: "claimed" }, milliseconds);
    return true;
  }

  /** What is claimed or done under this name; nothing when it is free. */
  private async find(name: string): Promise<{ key: string; entry: Entry } | undefined> {
    const entry = await this.live(name);
    if (entry?.state !== "name") return entry === undefined ? undefined : { key: name, entry };
    const key = entry.main as string;
    const main = await this.live(key);
    return main === undefined || main.state === "name" ? undefined : { key, entry: main };
  }

  private async live(key: string): Promise<Entry | undefined> {
    const entry = (await this.storage.get(key)) as Entry | undefined;
    return entry !== undefined && entry.expires > this.now() ? entry : undefined;
  }

  /** Makes a name mean a key, unless it has a state of its own. */
  private async name(name: string, main: string, milliseconds: number): Promise<void> {
    const entry = await this.live(name);
    if (name === main || (entry !== undefined && entry.state !== "name")) return;
    await this.keep(name, { token: "", state: "name", main }, milliseconds);
  }

  private async keep(key: string, entry: Omit<Entry, "expires">, milliseconds: number): Promise<void> {
    await this.storage.put(key, { ...entry, expires: this.now() + milliseconds });
    if ((await this.storage.getAlarm()) === null) await this.storage.setAlarm(this.now() + HOUR);
  }
}
