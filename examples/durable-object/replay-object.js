/**
 * One replay key. While the object waits for its storage no other call is let in, so each operation is atomic; an
 * alarm forgets the key when its time is over.
 */
export class ReplayObject {
  storage;
  constructor(state) {
    this.storage = state.storage;
  }
  async fetch(request) {
    const call = await request.json();
    return Response.json(await this[call.operation](call));
  }
  /** Forgets a key that has expired; one that was extended meanwhile rings again. */
  async alarm() {
    const entry = await this.live();
    if (entry === undefined) await this.storage.deleteAll();
    else await this.storage.setAlarm(entry.expires);
  }
  now() {
    return Date.now();
  }
  async claim(call) {
    const entry = await this.live();
    if (entry?.done) return "done";
    if (entry !== undefined) return entry.token === call.token ? "new" : "busy";
    await this.keep(call, false);
    return "new";
  }
  async commit(call) {
    const entry = await this.live();
    if (entry !== undefined && entry.token !== call.token) return false;
    await this.keep(call, true);
    return true;
  }
  async release(call) {
    const entry = await this.live();
    if (entry === undefined || entry.done || entry.token !== call.token) return false;
    await this.storage.deleteAll();
    return true;
  }
  async extend(call) {
    const entry = await this.live();
    if (entry !== undefined && (entry.done || entry.token !== call.token)) return false;
    await this.keep(call, false);
    return true;
  }
  async live() {
    const entry = await this.storage.get("entry");
    return entry !== undefined && entry.expires > this.now() ? entry : undefined;
  }
  async keep({ token, milliseconds }, done) {
    const entry = { token, done, expires: this.now() + milliseconds };
    await this.storage.put("entry", entry);
    await this.storage.setAlarm(entry.expires);
  }
}
//# sourceMappingURL=replay-object.js.map
