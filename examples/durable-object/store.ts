import { defineReplayStore, type ReplayStore, type Twin } from "@countersign/core";
import type { ReplayCall } from "./replay-object.ts";

/** The part of a Durable Object namespace that is used. */
export interface ReplayNamespace<Id = unknown> {
  idFromName(name: string): Id;
  get(id: Id): { fetch(url: string, init: { method: string; body: string }): Promise<Response> };
}

/**
 * A replay store for Workers. The keys of one provider and namespace are one object, because a delivery has two of them
 * that must be taken together: give each tenant a namespace of its own where one object is not quick enough.
 */
export function durableObjectReplayStore(namespace: ReplayNamespace<any>): ReplayStore {
  async function ask<Answer>(call: ReplayCall): Promise<Answer> {
    const [name] = /^\{[^}]*\}/.exec(call.key) ?? [call.key];
    const object = namespace.get(namespace.idFromName(name));
    const response = await object.fetch("https://replay.invalid/", { method: "POST", body: JSON.stringify(call) });
    if (!response.ok) throw new Error(`The replay object answered ${response.status}.`);
    return (await response.json()) as Answer;
  }
  const also = (twin: Twin | undefined) => (twin === undefined ? {} : { twin });
  return defineReplayStore({
    claim: (key, token, lease, twin) => ask({ operation: "claim", key, token, milliseconds: lease, ...also(twin) }),
    commit: (key, token, ttl, twin) => ask({ operation: "commit", key, token, milliseconds: ttl, ...also(twin) }),
    release: (key, token) => ask({ operation: "release", key, token, milliseconds: 0 }),
    extend: (key, token, lease) => ask({ operation: "extend", key, token, milliseconds: lease }),
  });
}
