import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { fakeClock } from "../testing/clock.ts";
import { type Draining, Drains } from "./drains.ts";

class Left extends EventEmitter {
  readonly headers: Record<string, string> = {};
  readonly method = "POST";
  cut = 0;
  resumed = 0;
  resume(): void {
    this.resumed++;
  }
  destroy(): void {
    this.cut++;
    this.emit("close");
  }
  get listeners_(): number {
    return this.listenerCount("data") + this.listenerCount("end") + this.listenerCount("close");
  }
}
const request = (headers: Record<string, string> = {}) => Object.assign(new Left(), { headers });
const asNode = (left: Left) => left as unknown as Draining;

test("takes what its length allows, and what has none", () => {
  const drains = new Drains(1_000, fakeClock());
  expect(drains.takes(asNode(request({ "content-length": "1000" })))).toBe(true);
  expect(drains.takes(asNode(request({ "content-length": "1001" })))).toBe(false);
  expect(drains.takes(asNode(request({ "transfer-encoding": "chunked" })))).toBe(true);
  expect(drains.takes({ ...asNode(request()), httpVersionMajor: 2 } as Draining)).toBe(false);
  expect(new Drains(0, fakeClock()).takes(asNode(request({ "transfer-encoding": "chunked" })))).toBe(false);
});

test("reads to the end, and cuts what is longer, or takes longer than five seconds", () => {
  const clock = fakeClock();
  const drains = new Drains(1_000, clock);
  const [ends, long, slow] = [request(), request(), request()];
  for (const one of [ends, long, slow]) drains.run(asNode(one));
  ends.emit("data", new Uint8Array(1_000));
  ends.emit("end");
  long.emit("data", new Uint8Array(1_001));
  clock.advance(4_999);
  expect([ends.cut, long.cut, slow.cut]).toEqual([0, 1, 0]);
  clock.advance(1);
  expect([ends.cut, long.cut, slow.cut]).toEqual([0, 1, 1]);
  for (const one of [ends, long, slow]) expect([one.resumed, one.listeners_]).toEqual([1, 0]);
});

test("64 at once: of the next nothing is read until one has ended", () => {
  const drains = new Drains(1_000, fakeClock());
  const all = Array.from({ length: 64 }, () => request());
  for (const one of all) drains.run(asNode(one));
  const next = asNode(request());
  expect(drains.takes(next)).toBe(false);
  all[0]?.emit("end");
  all[0]?.emit("close");
  expect(drains.takes(next)).toBe(true);
});
