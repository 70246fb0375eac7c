/** A replay store for Workers: each key is an object of its own, so that keys never wait for each other. */
export function durableObjectReplayStore(namespace) {
  async function ask(key, call) {
    const object = namespace.get(namespace.idFromName(key));
    const response = await object.fetch("https://replay.invalid/", { method: "POST", body: JSON.stringify(call) });
    if (!response.ok) throw new Error(`The replay object answered ${response.status}.`);
    return await response.json();
  }
  return {
    claim: (key, token, lease) => ask(key, { operation: "claim", token, milliseconds: lease }),
    commit: (key, token, ttl) => ask(key, { operation: "commit", token, milliseconds: ttl }),
    release: (key, token) => ask(key, { operation: "release", token, milliseconds: 0 }),
    extend: (key, token, lease) => ask(key, { operation: "extend", token, milliseconds: lease }),
  };
}
//# sourceMappingURL=store.js.map
