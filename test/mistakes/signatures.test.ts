import { readdirSync, readFileSync } from "node:fs";
import { body, createVerifier, defineProvider, header, hmac } from "@countersign/core";
import { aperture, github, line, providers, slack, standardWebhooks, stripe } from "@countersign/core/providers";
import { isProof } from "@countersign/core/scheme";
import { testSecret } from "@countersign/core/testing";
import { describe, expect, test } from "vitest";
import { codeOf, githubRequest, mac, NOW, SECRET, standardRequest, stripeRequest, WHSEC } from "./requests.ts";

const clock = () => NOW;
const time = String(NOW / 1000);
const stripeVerifier = createVerifier(stripe, { secret: SECRET, clock });
const stripeWith = (signature: string) =>
  stripeVerifier.verify({ headers: { "stripe-signature": signature }, body: "{}" });
const right = mac(`${time}.{}`).digest("hex");
const wrong = "0".repeat(64);

describe("duplicates", () => {
  test.each([
    `t=${time},t=${time},v1=${right}`,
    `t=${NOW / 1000 - 1},t=${time},v1=${right}`,
    `t=${time},v1=${right},t=1`,
  ])("a second timestamp is refused: %s", async (signature) => {
    expect(await codeOf(stripeWith(signature))).toBe("malformed_signature");
  });

  test.each([`v1=${right},v1=${wrong}`, `v1=${wrong},v1=${right}`, `v1=${wrong},v0=x,v1=${right},v1=${wrong}`])(
    "every signature is tried, not the last alone: %s",
    async (signatures) => expect(await stripeWith(`t=${time},${signatures}`)).toBeTruthy(),
  );

  test("a header that stands twice is refused, also where Node hides the second", async () => {
    const { headers } = githubRequest("{}");
    const value = headers["x-hub-signature-256"];
    const verifier = createVerifier(github, { secret: SECRET });
    for (const twice of [{ "x-hub-signature-256": [value, value] }, { ...headers, "X-Hub-Signature-256": value }]) {
      expect(await codeOf(verifier.verify({ headers: twice, body: "{}" }))).toBe("malformed_signature");
    }
    const token = createVerifier(aperture(), { secret: SECRET });
    const rawHeaders = ["Authorization", `Bearer ${SECRET}`, "Authorization", "Bearer other"];
    const request = { headers: { authorization: `Bearer ${SECRET}` }, rawHeaders, body: "{}" };
    expect(await codeOf(token.verify(request))).toBe("malformed_signature");
  });
});

describe("100,000 signatures are refused without looking", () => {
  /** A header that counts how often its text is looked into. Work is counted, not time. */
  const counted = (text: string) => {
    let looks = 0;
    const watched = (name: keyof string) => {
      const method = String.prototype[name as "indexOf"] as (...args: unknown[]) => unknown;
      return function (this: unknown, ...args: unknown[]) {
        if (String(this).length === text.length) looks++;
        return method.apply(this, args);
      };
    };
    return { watched, looks: () => looks };
  };
  const METHODS = ["indexOf", "charCodeAt", "startsWith", "slice", "split", "match", "replace"] as const;

  test.each([
    ["100,000 signatures", `t=${time}${`,v1=${right}`.repeat(100_000)}`],
    ["a megabyte of commas", ",".repeat(1_000_000)],
    ["a megabyte of blanks", " ".repeat(1_000_000)],
    ["a megabyte of pairs", `t=${time},v1=${right}${",a=b".repeat(250_000)}`],
    ["a megabyte of digits", `t=${"1".repeat(1_000_000)},v1=${right}`],
  ])("%s", async (_, signature) => {
    const { watched, looks } = counted(signature);
    const originals = METHODS.map((name) => [name, String.prototype[name]] as const);
    const heads = [stripe, standardWebhooks, slack, github].map((provider) => {
      const { scheme } = provider;
      const name = isProof(scheme) ? "" : String(scheme.signature.header);
      const verifier = createVerifier(provider, { secret: testSecret(provider), clock });
      return () => verifier.begin({ headers: { [name]: signature, "webhook-timestamp": time, "webhook-id": "a" } });
    });
    const answers: unknown[] = [];
    for (const name of METHODS) Object.assign(String.prototype, { [name]: watched(name) });
    try {
      for (const begin of heads) answers.push(begin());
    } finally {
      for (const [name, method] of originals) Object.assign(String.prototype, { [name]: method });
    }
    for (const answer of answers) expect(answer).toMatchObject({ code: "malformed_signature" });
    expect(looks()).toBe(0);
  });

  test("and of those that fit into a header, 32 are tried", async () => {
    const many = (count: number) => `t=${time}${`,v1=${wrong}`.repeat(count - 1)},v1=${right}`;
    expect(await stripeWith(many(32))).toBeTruthy();
    expect(await codeOf(stripeWith(many(33)))).toBe("malformed_signature");
  });
});

describe("boundary shift", () => {
  test("an id that holds a separator does not let an old signature prove a fresh one", async () => {
    const verifier = createVerifier(standardWebhooks, { secret: WHSEC, clock });
    const old = standardRequest("msg_1", "1600000000", `${time}.{}`);
    const shifted = { ...old.headers, "webhook-id": "msg_1.1600000000", "webhook-timestamp": time };
    expect(await codeOf(verifier.verify({ headers: shifted, body: "{}" }))).toBe("malformed_signature");
  });

  test("a version is pinned, not taken from the header and hashed", async () => {
    const verifier = createVerifier(slack, { secret: SECRET, clock });
    for (const version of ["v1", "v0:1600000000", "V0", ""]) {
      const headers = {
        "x-slack-request-timestamp": time,
        "x-slack-signature": `${version}=${mac(`${version}:${time}:{}`).digest("hex")}`,
      };
      expect(await codeOf(verifier.verify({ headers, body: "{}" }))).toBe("malformed_signature");
    }
  });
});

describe("lenient base64 and hex", () => {
  const lineVerifier = createVerifier(line, { secret: SECRET });
  const base64 = mac("{}").digest("base64");
  const stray = base64.replace(/.=$/, (end) => `${String.fromCharCode(end.charCodeAt(0) + 1)}=`);

  test.each([
    base64.replace("=", ""),
    `${base64}=`,
    `${base64}\n`,
    ` ${base64}`,
    `${base64.slice(0, 9)} ${base64.slice(9)}`,
    base64.replace(/^./, "-"),
    base64.replace(/^./, "_"),
    `${base64}AAAA`,
    stray,
    Buffer.from(base64, "base64").toString("hex"),
    "",
  ])("base64 %j is malformed", async (signature) => {
    expect(await codeOf(lineVerifier.verify({ headers: { "x-line-signature": signature }, body: "{}" }))).toMatch(
      /^(malformed_signature)$/,
    );
  });

  test.each([
    right.slice(0, 63),
    right.slice(0, 62),
    `${right}0`,
    `${right}zz`,
    `0x${right}`,
    right.replace(/^./, "g"),
    "",
  ])("hex %j is malformed", async (signature) =>
    expect(await codeOf(stripeWith(`t=${time},v1=${signature}`))).toBe("malformed_signature"),
  );
});

describe("non-latin header characters", () => {
  test.each(["\u0100", "\u20ac", "\ud83d\ude00", "\ud800", "\u212a", "\uff11"])(
    "%j is refused, not thrown as a RangeError",
    async (character) => {
      expect(await codeOf(stripeWith(`t=${time},v1=${character}${right.slice(1)}`))).toBe("malformed_signature");
      expect(await codeOf(stripeWith(`t=${character},v1=${right}`))).toBe("malformed_signature");
      const { headers } = standardRequest("msg_1", time, "{}");
      const verifier = createVerifier(standardWebhooks, { secret: WHSEC, clock });
      expect(await codeOf(verifier.verify({ headers: { ...headers, "webhook-id": character }, body: "{}" }))).toBe(
        "malformed_signature",
      );
      const own = defineProvider({
        name: "own",
        docs: "https://example.com",
        scheme: hmac({
          digest: "sha256",
          encoding: "hex",
          signature: { header: "x-s" },
          content: [header("x-o"), body],
        }),
      });
      const signed = { "x-s": wrong, "x-o": character };
      expect(await codeOf(createVerifier(own, { secret: SECRET }).verify({ headers: signed, body: "{}" }))).toBe(
        "malformed_signature",
      );
    },
  );
});

describe("plain ===", () => {
  const source = new URL("../../packages/core/src/", import.meta.url);
  const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"),
  );

  test("no file compares a MAC, signature, credential or digest with an operator", () => {
    const secret =
      /\b(?:mac|signature|signatures|credential|digest|presented|expected|found)\b(?:\[[^\]]*\])?\s*[!=]==?\s*(?!undefined|null|true|""|-1)[a-z(]/i;
    const offending = files.flatMap((name) =>
      readFileSync(new URL(name, source), "utf8")
        .split("\n")
        .filter((text) => secret.test(text) && !/typeof|\.length|\.kind|=== "|\bfound === undefined/.test(text))
        .map((text) => `${name}: ${text.trim()}`),
    );
    expect(offending).toEqual([]);
  });

  test("signatures are compared by platform.equal in one place each, which is timing-safe", () => {
    const calls = files.filter((name) => /platform\.equal\(/.test(readFileSync(new URL(name, source), "utf8")));
    expect(calls.sort()).toEqual([
      "explain/token.ts",
      "kind/token.ts",
      "receive/body-digest.ts",
      "receive/handshake.ts",
      "secret/keys.ts",
    ]);
    const node = readFileSync(new URL("crypto/node.ts", source), "utf8");
    expect(node.match(/function equal[\s\S]*?\n}/)?.[0]).toMatch(/timingSafeEqual/);
    const web = readFileSync(new URL("crypto/web.ts", source), "utf8");
    expect(web.match(/equal\(a, b\) {[\s\S]*?\n {2}}/)?.[0]).not.toMatch(/a === b|break|for [^\n]*return/);
  });
});

describe("empty secret accepted", () => {
  test.each(Object.values(providers).map((provider) => [provider.name, provider] as const))(
    "%s",
    async (_, provider) => {
      for (const secret of ["", " ", "\n", undefined, null, [], [""], new Uint8Array(0), "whsec_"]) {
        if (secret === "whsec_" && (provider.scheme.kind !== "hmac" || provider.scheme.secret !== "whsec")) continue;
        expect(() => createVerifier(provider, { secret: secret as never })).toThrow(
          expect.objectContaining({ option: "secret" }),
        );
      }
    },
  );

  test("nor from a lookup: everybody could have signed with it", async () => {
    const headers = { "x-hub-signature-256": `sha256=${mac("{}", "").digest("hex")}` };
    for (const secret of [() => "", async () => undefined, () => [], () => new Uint8Array(0)]) {
      expect(await codeOf(createVerifier(github, { secret: secret as never }).verify({ headers, body: "{}" }))).toBe(
        "secret_unavailable",
      );
    }
  });
});

test("the requests of this file are genuine before they are changed", async () => {
  expect(await stripeVerifier.verify(stripeRequest(time))).toBeTruthy();
  const verifier = createVerifier(standardWebhooks, { secret: WHSEC, clock });
  expect(await verifier.verify(standardRequest("msg_1", time, "{}"))).toBeTruthy();
});
