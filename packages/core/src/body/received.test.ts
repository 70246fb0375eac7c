import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { describeNotReceived, receivedBytes } from "./received.ts";

const bytes = Uint8Array.of(1, 2, 3, 4);

describe("a body in hand", () => {
  test.each([
    ["a Uint8Array", bytes],
    ["a Buffer", Buffer.from(bytes)],
    ["an ArrayBuffer", bytes.buffer],
    ["a DataView of a part", new DataView(Uint8Array.of(9, 1, 2, 3, 4, 9).buffer, 1, 4)],
    ["a Uint16Array", new Uint16Array(bytes.buffer)],
    ["a SharedArrayBuffer", shared().buffer],
    ["a view of shared memory", shared()],
    ["an ArrayBuffer of another realm", runInNewContext("Uint8Array.of(1, 2, 3, 4).buffer")],
    ["a Uint8Array of another realm", runInNewContext("Uint8Array.of(1, 2, 3, 4)")],
    ["text", "\u0001\u0002\u0003\u0004"],
  ])("is taken as its bytes: %s", (_, body) => {
    expect([...(receivedBytes(body) ?? [])]).toEqual([1, 2, 3, 4]);
    expect(receivedBytes(body)?.buffer).not.toBeInstanceOf(SharedArrayBuffer);
  });

  test("is not copied where it is bytes already", () => expect(receivedBytes(bytes)).toBe(bytes));

  test.each([
    ["undefined", undefined, /no|undefined.*an empty string/],
    ["null", null, /null.*an empty string/],
    ["an object", { a: 1 }, /parsed already.*express\.raw\(\)/],
    ["a list", [1], /parsed already/],
    ["a number", 5, /parsed already/],
    ["a Request", new Request("http://x", { method: "POST", body: "a" }), /verifyRequest\(\)/],
    ["a stream", new Blob(["a"]).stream(), /stream/],
    ["a Blob", new Blob(["a"]), /Read its bytes first/],
  ])("is no bytes: %s", (_, body, message) => {
    expect(receivedBytes(body)).toBeUndefined();
    expect(describeNotReceived(body)).toMatch(message);
  });
});

function shared(): Uint8Array {
  const view = new Uint8Array(new SharedArrayBuffer(4));
  view.set(bytes);
  return view;
}
