import type { ReplayStore } from "@countersign/core";
import type { ReplayCall } from "./replay-object.ts";

/** The part of a Durable Object namespace that is used. */
export interface ReplayNamespace<Id = unknown> {
  idFromName(name: string): Id;
  get(id: Id): { fetch(url: string, init: { method: string; body: string }): Promise<Response> };
}

/** A replay store for Workers: each key is an object of its own, so that keys never wait for each other. */
export function durableObjectReplayStore(namespace: ReplayNamespace<any>): ReplayStore {
  async function ask<Answer>(key: string, call: ReplayCall): Promise<Answer> {
    const object = namespace.get(namespace.idFromName(key));
    const response = await object.fetch("https://replay.invalid/", { method: "POST", body: JSON.stringify(call) });
    if (!response.ok) throw new Error(`The replay object answered ${response.status}.`);
    return (await response.json()) as Answer;
  }
  return {
    claim: (key, token, lease) => ask(key, { operation: "claim", token, milliseconds: lease }),
    commit: (key, token, ttl) => ask(key, { operation: "commit", token, milliseconds: ttl }),
    release: (key, token) => ask(key, { operation: "release", token, milliseconds: 0 }),
    extend: (key, token, lease) => ask(key, { operation: "extend", token, milliseconds: lease }),
  };
}
