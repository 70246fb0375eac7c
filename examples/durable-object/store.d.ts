import type { ReplayStore } from "@countersign/core";
/** The part of a Durable Object namespace that is used. */
export interface ReplayNamespace<Id = unknown> {
  idFromName(name: string): Id;
  get(id: Id): {
    fetch(
      url: string,
      init: {
        method: string;
        body: string;
      },
    ): Promise<Response>;
  };
}
/** A replay store for Workers: each key is an object of its own, so that keys never wait for each other. */
export declare function durableObjectReplayStore(namespace: ReplayNamespace<any>): ReplayStore;
//# sourceMappingURL=store.d.ts.map
