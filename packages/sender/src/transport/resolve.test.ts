import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { defineGuard } from "./guard.ts";
import { guardedLookup, type Resolve } from "./resolve.ts";

/** What a socket would be given. */
const lookUp = (answers: unknown, all = true) =>
  new Promise<unknown>((resolve, reject) => {
    const lookup = guardedLookup(defineGuard(), (async () => answers) as Resolve);
    lookup("hooks.example.com", { all }, (error, found) => (error === null ? resolve(found) : reject(error)));
  });

/** An object that says one thing when it is first asked and another from then on. */
function twoFaced(first: string, then: string): object {
  let asked = 0;
  return {
    family: 4,
    get address() {
      asked += 1;
      return asked === 1 ? first : then;
    },
  };
}

describe("what a resolver answers is copied before it is judged, and checked before it is used", () => {
  test("a getter with two faces leads to the address that was judged", async () => {
    expect(await lookUp([twoFaced("1.1.1.1", "127.0.0.1")])).toEqual([{ address: "1.1.1.1", family: 4 }]);
    await expect(lookUp([twoFaced("127.0.0.1", "1.1.1.1")])).rejects.toMatchObject({ name: "AddressRefused" });
  });

  test("a list whose elements change between two looks, too", async () => {
    let looks = 0;
    const list = new Proxy([{ address: "1.1.1.1", family: 4 }], {
      get(target, key, receiver) {
        if (key !== "0") return Reflect.get(target, key, receiver);
        looks += 1;
        return { address: looks === 1 ? "1.1.1.1" : "10.0.0.1", family: 4 };
      },
    });
    expect(await lookUp(list)).toEqual([{ address: "1.1.1.1", family: 4 }]);
  });

  test.each<[string, unknown]>([
    ["a String object, which aborts Node", [{ address: new String("1.1.1.1"), family: 4 }]],
    ["a number", [{ address: 16_843_009, family: 4 }]],
    ["a host name", [{ address: "localhost", family: 4 }]],
    ["a text instead of an object", ["1.1.1.1"]],
    ["null", [null]],
    ["no list", { address: "1.1.1.1", family: 4 }],
    ["undefined", undefined],
    ["a getter that throws", [Object.defineProperty({}, "address", { get: () => JSON.parse("{") })]],
  ])("%s is a failed look-up", async (_name, answers) => {
    await expect(lookUp(answers)).rejects.toMatchObject({ code: "DNS_FAILED" });
  });

  test("the family is that of the address, whatever the resolver says", async () => {
    expect(await lookUp([{ address: "2606:4700::1111", family: "IPv4" }, { address: "1.1.1.1" }])).toEqual([
      { address: "2606:4700::1111", family: 6 },
      { address: "1.1.1.1", family: 4 },
    ]);
  });

  test("a socket survives a String object", async () => {
    const guard = defineGuard({ allow: ["127.0.0.0/8"] });
    const answers = [{ address: new String("127.0.0.1"), family: 4 }];
    const lookup = guardedLookup(guard, (async () => answers) as unknown as Resolve);
    const error = await new Promise((resolve) => {
      connect({ host: "hooks.example.com", port: 9, lookup }).once("error", resolve);
    });
    expect(error).toMatchObject({ code: "DNS_FAILED" });
  });
});
