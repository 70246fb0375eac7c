export declare const REDIS_URL: string;
export declare const DATABASE_URL: string;
/**
 * Whether a service answers. Where it does not, its tests are left out with a line that says so; in CI that is a
 * failure, because a test that does not run shows nothing.
 */
export declare function available(name: string, url: string): Promise<boolean>;
/** A service of the test's own, which it may stop. */
export interface OwnService {
  readonly url: string;
  start(): Promise<void>;
  /** In good order. */
  stop(): Promise<void>;
  /** As a crash ends it. */
  crash(): Promise<void>;
  /** It keeps its connections, takes new ones and answers nothing. */
  freeze(): void;
  thaw(): void;
  /** Ends it and takes what it left. */
  destroy(): Promise<void>;
}
/** Whether this machine has what `ownRedis` starts. */
export declare function hasOwnRedis(): boolean;
/** Whether this machine has what `ownPostgres` starts. */
export declare function hasOwnPostgres(): boolean;
/**
 * A Redis of our own.
 *
 * @param persistent writes each change to disk before it is acknowledged; else it forgets everything when it ends
 */
export declare function ownRedis(persistent: boolean, cluster?: boolean): Promise<OwnService>;
/** A PostgreSQL of our own, as `initdb` makes it. */
export declare function ownPostgres(): Promise<OwnService>;
//# sourceMappingURL=services.d.ts.map
