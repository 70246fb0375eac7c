/** The part of a Durable Object's state that is used. */
export interface ReplayObjectState {
  readonly storage: {
    get(key: string): Promise<unknown>;
    put(key: string, value: unknown): Promise<void>;
    deleteAll(): Promise<void>;
    setAlarm(time: number): Promise<void>;
  };
}

/** What the store asks of the object. */
export interface ReplayCall {
  readonly operation: "claim" | "commit" | "release" | "extend";
  readonly token: string;
  /** How long the claim, or the memory of what is done, lasts. */
  readonly milliseconds: number;
}

interface Entry {
  readonly token: string;
  readonly done: boolean;
  readonly expires: number;
}

/**
 * One replay key. While the object waits for its storage no other call is let in, so each operation is atomic; an
 * alarm forgets the key when its time is over.
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

  /** Forgets a key that has expired; one that was extended meanwhile rings again. */
  async alarm(): Promise<void> {
    const entry = await this.live();
    if (entry === undefined) await this.storage.deleteAll();
    else await this.storage.setAlarm(entry.expires);
  }

  protected now(): number {
    return Date.now();
  }

  private async claim(call: ReplayCall): Promise<"new" | "busy" | "done"> {
    const entry = await this.live();
    if (entry?.done) return "done";
    if (entry !== undefined) return entry.token === call.token ? "new" : "busy";
    await this.keep(call, false);
    return "new";
  }

  private async commit(call: ReplayCall): Promise<boolean> {
    const entry = await this.live();
    if (entry !== undefined && entry.token !== call.token) return false;
    await this.keep(call, true);
    return true;
  }

  private async release(call: ReplayCall): Promise<boolean> {
    const entry = await this.live();
    if (entry === undefined || entry.done || entry.token !== call.token) return false;
    await this.storage.deleteAll();
    return true;
  }

  private async extend(call: ReplayCall): Promise<boolean> {
    const entry = await this.live();
    if (entry !== undefined && (entry.done || entry.token !== call.token)) return false;
    await this.keep(call, false);
    return true;
  }

  private async live(): Promise<Entry | undefined> {
    const entry = (await this.storage.get("entry")) as Entry | undefined;
    return entry !== undefined && entry.expires > this.now() ? entry : undefined;
  }

  private async keep({ token, milliseconds }: ReplayCall, done: boolean): Promise<void> {
    const entry: Entry = { token, done, expires: this.now() + milliseconds };
    await this.storage.put("entry", entry);
    await this.storage.setAlarm(entry.expires);
  }
}
