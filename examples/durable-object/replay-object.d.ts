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
/**
 * One replay key. While the object waits for its storage no other call is let in, so each operation is atomic; an
 * alarm forgets the key when its time is over.
 */
export declare class ReplayObject {
  private readonly storage;
  constructor(state: ReplayObjectState);
  fetch(request: Request): Promise<Response>;
  /** Forgets a key that has expired; one that was extended meanwhile rings again. */
  alarm(): Promise<void>;
  protected now(): number;
  private claim;
  private commit;
  private release;
  private extend;
  private live;
  private keep;
}
//# sourceMappingURL=replay-object.d.ts.map
