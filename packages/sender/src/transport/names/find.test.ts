import { fakeClock } from "@countersign/core/testing";
import { describe, expect, test } from "vitest";
import type { ResolvedAddress } from "../resolve.ts";
import { type Answer, createResolve, type Finders } from "./find.ts";

const ADDRESS: ResolvedAddress = { address: "192.0.2.1", family: 4 };
const FOUND: Answer = { kind: "found", addresses: [ADDRESS], ttl: 60_000 };

/** Names that begin with "dead" never answer; nothing else is slow unless told. */
function stage(own: Partial<Finders> = {}) {
  const clock = fakeClock();
  const asked: string[] = [];
  let threads = 0;
  let most = 0;
  const hang = () => new Promise<never>(() => {});
  const resolve = createResolve({
    clock,
    candidates: (hostname) => (hostname.includes(".") ? [hostname] : []),
    query: async (hostname) => {
      asked.push(`query ${hostname}`);
      if (!hostname.startsWith("dead")) return FOUND;
      await new Promise<void>((end) => clock.setTimeout(end, 3_000));
      return { kind: "silent" };
    },
    lookUp: async (hostname) => {
      asked.push(`system ${hostname}`);
      threads += 1;
      most = Math.max(most, threads);
      await (hostname.startsWith("dead") ? hang() : Promise.resolve());
      threads -= 1;
      return [ADDRESS];
    },
    exhausted: () => undefined,
    ...own,
  });
  /** What it ends with, and when. */
  const ask = (hostname: string) => {
    const end = { said: undefined as unknown, at: undefined as number | undefined };
    resolve(hostname).then(
      (addresses) => Object.assign(end, { said: addresses, at: clock.now() }),
      (error: { code?: string }) => Object.assign(end, { said: error.code, at: clock.now() }),
    );
    return end;
  };
  return { clock, asked, ask, most: () => most };
}

describe("one dead name server stops nobody else", () => {
  test("a hundred dead names take one thread of the pool, and the others' names are found at once", async () => {
    const { clock, ask, most, asked } = stage();
    const dead = Array.from({ length: 100 }, (_, index) => ask(`dead${index}.example.com`));
    await clock.advanceAsync(3_500);
    const [well, plain] = [ask("well.example.com"), ask("plain")];
    await clock.advanceAsync(1);
    expect(well.said).toEqual([ADDRESS]);
    expect(plain.said).toEqual([ADDRESS]);
    await clock.advanceAsync(20_000);
    expect(dead.every(({ said }) => said === "ETIMEOUT")).toBe(true);
    // One for those that hang and one for the rest.
    expect(most()).toBe(2);
    expect(asked.filter((what) => what.startsWith("system dead"))).toHaveLength(1);
  });

  test("names that the name servers do not know, and on which the system then hangs, leave a thread for the hosts file", async () => {
    const { clock, ask, asked } = stage({ query: async () => ({ kind: "none" }) });
    for (let n = 0; n < 20; n += 1) ask(`dead${n}.example.com`);
    await clock.advanceAsync(500);
    const one = ask("printer");
    await clock.advanceAsync(1);
    expect(one.said).toEqual([ADDRESS]);
    expect(asked).toEqual(["system dead0.example.com", "system printer"]);
  });

  test("a look-up ends at its own deadline, and the name's next does not start another that hangs", async () => {
    const { clock, ask, asked } = stage();
    const start = clock.now();
    const first = ask("dead");
    await clock.advanceAsync(60_000);
    expect(first).toEqual({ said: "ETIMEOUT", at: start + 8_000 });
    for (let n = 0; n < 5; n += 1) {
      ask("dead");
      await clock.advanceAsync(10_000);
    }
    expect(asked).toEqual(["system dead"]);
  });

  test("a thousand connections to one name are one look-up, kept for ten seconds at most", async () => {
    const { clock, ask, asked } = stage();
    const all = Array.from({ length: 1_000 }, () => ask("Hooks.example.com"));
    await clock.advanceAsync(1);
    expect(all.every(({ said }) => said !== undefined)).toBe(true);
    await clock.advanceAsync(9_000);
    ask("hooks.example.com");
    expect(asked).toEqual(["query hooks.example.com"]);
    await clock.advanceAsync(1_000);
    ask("hooks.example.com");
    expect(asked).toHaveLength(2);
  });

  test("a failure is kept for a second, and no longer", async () => {
    let fails = true;
    const { clock, ask } = stage({
      lookUp: async () => {
        if (fails) throw Object.assign(new Error(), { code: "ENOTFOUND" });
        return [ADDRESS];
      },
    });
    ask("printer");
    await clock.advanceAsync(1);
    fails = false;
    const [soon] = [ask("printer")];
    await clock.advanceAsync(1);
    expect(soon.said).toBe("ENOTFOUND");
    await clock.advanceAsync(1_000);
    const later = ask("printer");
    await clock.advanceAsync(1);
    expect(later.said).toEqual([ADDRESS]);
  });
});

describe("names resolve as the system resolves them", () => {
  test.each(["none", "failed", "silent"] as const)(
    "the system has the last word where name servers say %s",
    async (kind) => {
      const { clock, ask, asked } = stage({ query: async () => ({ kind }) });
      const one = ask("host.tailnet.ts.net");
      await clock.advanceAsync(1);
      expect(one.said).toEqual([ADDRESS]);
      expect(asked).toEqual(["system host.tailnet.ts.net"]);
    },
  );

  test("a search domain that fails is not passed over: only the system may do that", async () => {
    const queried: string[] = [];
    const { clock, ask, asked } = stage({
      candidates: (name) => [`${name}.svc.cluster.local`, name],
      query: async (name) => {
        queried.push(name);
        return { kind: "failed" };
      },
    });
    ask("api.prod");
    await clock.advanceAsync(1);
    expect(queried).toEqual(["api.prod.svc.cluster.local"]);
    expect(asked).toEqual(["system api.prod"]);
  });

  test("a name that is not found because no file can be opened is the machine's failure, and not kept", async () => {
    let gone: Error | undefined = Object.assign(new Error(), { code: "EMFILE" });
    const { clock, ask } = stage({
      exhausted: () => gone,
      lookUp: async () => {
        if (gone !== undefined) throw Object.assign(new Error(), { code: "EAI_AGAIN" });
        return [ADDRESS];
      },
    });
    const one = ask("intranet");
    await clock.advanceAsync(1);
    expect(one.said).toBe("EMFILE");
    gone = undefined;
    const two = ask("intranet");
    await clock.advanceAsync(1);
    expect(two.said).toEqual([ADDRESS]);
  });
});
