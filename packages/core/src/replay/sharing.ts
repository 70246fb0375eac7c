import { ConfigurationError } from "../errors/errors.ts";
import { toHex } from "../lib/bytes.ts";
import type { ReplayStore } from "./store.ts";

/** What a store keeps its keys in: the client of a server and the prefix or table there; else the store itself. */
const homes = new WeakMap<ReplayStore, { readonly client: object; readonly space: string }>();

/** Says that a store's keys are those of every other store with this client and space. */
export function keptIn(store: ReplayStore, client: object, space: string): ReplayStore {
  homes.set(store, { client, space });
  return store;
}

/** By client or store: the secrets of each provider that uses it without a namespace of its own. */
const users = new WeakMap<object, Map<string, Set<string>>>();

/**
 * Refuses a second endpoint of one provider on one store: other secrets, so another endpoint; no namespace, so the same
 * keys; and the event that the first has handled would be answered 200 by the second, which has not seen it. Secrets
 * that are looked up are not known here.
 *
 * @throws ConfigurationError
 */
export function checkSharing(
  store: ReplayStore,
  provider: string,
  namespace: string,
  secrets: readonly (string | Uint8Array)[],
): void {
  const { client, space } = homes.get(store) ?? { client: store, space: "" };
  let known = users.get(client);
  if (known === undefined) {
    known = new Map();
    users.set(client, known);
  }
  const place = JSON.stringify([space, provider, namespace]);
  const ours = secrets.map((secret) => (typeof secret === "string" ? secret : `bytes ${toHex(secret)}`));
  const theirs = known.get(place);
  if (theirs === undefined) known.set(place, new Set(ours));
  else if (ours.some((secret) => theirs.has(secret))) for (const secret of ours) theirs.add(secret);
  else {
    throw new ConfigurationError(
      "replay.namespace",
      `Another verifier for ${provider} uses this store with other secrets: another endpoint, whose events would count as handled here too. Give each endpoint a namespace: replay: { store, namespace: "billing" }.`,
    );
  }
}
