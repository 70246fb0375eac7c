import { ConfigurationError, createVerifier } from "@countersign/core";
import { signMessage } from "@countersign/http-signatures";
import { describe, expect, test } from "vitest";
import { NOW, ours, provider, type Request, reason, request, rsa, theirs, verdict } from "./kit.ts";

/** A genuine signature over whatever it is told, in place of the whole. */
const signedOver = async (components: string[], more: { created?: number | false; tag?: string } = {}) => {
  const from = await request();
  const { "signature-input": _, signature: __, ...headers } = from.headers;
  const own = await signMessage({ ...from, headers }, { secret: ours.private, components, created: NOW, ...more });
  return { ...from, headers: { ...headers, ...own } };
};
const WHOLE = ["@method", "@target-uri", "content-digest"];

describe("attacks", () => {
  test.each<[string, string[], string]>([
    ["nothing", [], "@method"],
    ["no method", ["@target-uri", "content-digest"], "@method"],
    ["no body", ["@method", "@target-uri"], "content-digest"],
    ["no host", ["@method", "@path", "@query", "content-digest"], "@authority"],
    ["no path", ["@method", "@authority", "@query", "content-digest"], "@path"],
    ["no query", ["@method", "@authority", "@path", "content-digest"], "@query"],
    [
      "one parameter of the query",
      ["@method", "@authority", "@path", '@query-param;name="x"', "content-digest"],
      "@query",
    ],
    ["the type in place of the digest", ["@method", "@target-uri", "content-type"], "content-digest"],
    [
      "the Host header in place of the authority",
      ["@method", "@path", "@query", "content-type", "content-digest"],
      "@authority",
    ],
  ])("a signature over less than what is used: %s", async (_, components, wanted) => {
    const from = await signedOver(components);
    expect(await verdict(from)).toBe("malformed_signature");
    expect(await reason(from)).toContain(`does not cover "${wanted}"`);
  });

  test("a signature over no time", async () => {
    expect(await verdict(await signedOver(WHOLE, { created: false }))).toBe("malformed_signature");
  });

  test("a body whose digest is not compared", async () => {
    const from = await request();
    expect(await verdict({ ...from, body: '{"hello":"moon"}' })).toBe("signature_mismatch");
    const digest = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:";
    const swapped = { ...from, body: '{"hello": "world"}', headers: { ...from.headers, "content-digest": digest } };
    expect(await verdict(swapped)).toBe("signature_mismatch");
  });

  test("one digest that is covered beside one that is compared", async () => {
    const from = await signedOver(["@method", "@target-uri", 'content-digest;key="sha-256"']);
    expect(await verdict(from)).toBe("accepted");
    const other = { ...from, body: "{}" };
    other.headers["content-digest"] +=
      ", sha-512=:J8dGcK74VGtpegKlo5FhR5GyeVLyZRoLDX9NuJM4jnM9mHBO15uLMgZ/0hZPwUgYDY6pkHsS4+qTCjbrUWQeUg==:";
    expect(await verdict(other)).toBe("signature_mismatch");
  });

  test("a digest that proves nothing", async () => {
    const from = await request();
    const { "signature-input": _, signature: __, ...rest } = from.headers;
    const headers = { ...rest, "content-digest": "md5=:+6mVqL3vsO3eo2Pk5qNsMw==:" };
    const own = await signMessage({ ...from, headers }, { secret: ours.private, components: WHOLE, created: NOW });
    expect(await verdict({ ...from, headers: { ...headers, ...own } })).toBe("malformed_signature");
  });

  test("two labels of which one is genuine: that one counts, wherever it stands", async () => {
    const good = await request();
    const weak = await signedOver(["@method"]);
    const forged = await signMessage(weak, { secret: theirs.private, components: WHOLE, created: NOW, keyid: "ours" });
    const member = (from: Record<string, string>, name: string, label: string) =>
      from[name]?.replace("sig1=", `${label}=`);
    for (const other of [weak.headers, forged]) {
      for (const order of [0, 1]) {
        const join = (name: string) => {
          const both = [member(good.headers, name, "a"), member(other, name, "b")];
          return (order === 0 ? both : both.reverse()).join(", ");
        };
        const headers = { ...good.headers, signature: join("signature"), "signature-input": join("signature-input") };
        expect(await verdict({ ...good, headers })).toBe("accepted");
        expect(await verdict({ ...good, headers, body: "{}" })).toBe("signature_mismatch");
      }
    }
  });

  test("the input of one label with the signature of another", async () => {
    const from = await signedOver(["@method"]);
    from.headers["signature-input"] += `, sig2=("@method" "@target-uri" "content-digest");created=${NOW};keyid="ours"`;
    expect(await verdict(from)).toBe("malformed_signature");
    from.headers.signature += `, ${from.headers.signature?.replace("sig1", "sig2")}`;
    expect(await verdict(from)).toBe("signature_mismatch");
  });

  test("a label that is there twice", async () => {
    const from = await request();
    for (const name of ["signature", "signature-input"]) {
      const twice = { ...from.headers, [name]: `${from.headers[name]}, ${from.headers[name]}` };
      expect(await verdict({ ...from, headers: twice })).toBe("malformed_signature");
    }
  });

  test("a parameter, or a component, that is there twice", async () => {
    const from = await request();
    const input = from.headers["signature-input"] as string;
    for (const other of [
      `${input};created=${NOW}`,
      input.replace('"@method"', '"@method" "@method"'),
      input.replace('"@method"', '"x";sf;req "x";req;sf "@method"'),
    ])
      expect(await verdict({ ...from, headers: { ...from.headers, "signature-input": other } })).toBe(
        "malformed_signature",
      );
  });

  test.each(["hmac-sha256", "rsa-pss-sha512", "none", "ED25519", ""])(
    "alg says %s, and the key is for ed25519",
    async (alg) => {
      const from = await request();
      from.headers["signature-input"] = from.headers["signature-input"]?.replace(
        'alg="ed25519"',
        `alg="${alg}"`,
      ) as string;
      expect(await reason(from)).toContain("its key is not for that");
      expect(await verdict(from)).toBe("signature_mismatch");
    },
  );

  test("a public key as a shared secret", async () => {
    const forged = await signMessage(await signedOver(["@method"]), {
      secret: Buffer.from(ours.public),
      algorithms: ["hmac-sha256"],
      components: WHOLE,
      created: NOW,
      alg: true,
    });
    const from = await request();
    expect(await verdict({ ...from, headers: { ...from.headers, ...forged } })).toBe("signature_mismatch");
    expect(() => createVerifier(provider({ algorithms: ["hmac-sha256"] }), { secret: ours.public })).toThrow(
      ConfigurationError,
    );
    expect(() => createVerifier(provider({ algorithms: ["hmac-sha256"] }), { secret: ours.pem })).toThrow(/PEM or JWK/);
    expect(() => provider({ algorithms: ["hmac-sha256", "ed25519"] })).toThrow(/could be taken for a shared secret/);
  });

  test("an RSA key lets nobody choose how it is used", async () => {
    const from = await request({ algorithms: ["rsa-v1_5-sha256"], sign: { alg: false } }, rsa.private);
    const both = { secret: rsa.public };
    expect(await verdict(from, {}, both)).toBe("signature_mismatch");
    expect(await verdict(from, { algorithms: ["rsa-pss-sha512"] }, both)).toBe("signature_mismatch");
    expect(await verdict(from, { algorithms: ["rsa-v1_5-sha256"] }, both)).toBe("accepted");
  });

  test("sf and bs in place of what is read", async () => {
    const from = await request();
    for (const flag of ["sf", "bs"]) {
      const headers = { ...from.headers };
      headers["signature-input"] = headers["signature-input"]?.replace(
        '"content-digest"',
        `"content-digest";${flag}`,
      ) as string;
      expect(await verdict({ ...from, headers })).toBe(flag === "sf" ? "signature_mismatch" : "signature_mismatch");
    }
    for (const components of [["content-digest;sf"], ["content-digest;bs"]])
      expect(await verdict(await signedOver(["@method", "@target-uri", ...components]))).toBe("accepted");
    expect(await verdict(await signedOver(["@method", "@target-uri", 'content-digest;key="sha-256"']))).toBe(
      "accepted",
    );
  });

  test("a header that is covered, sent twice or folded", async () => {
    const rules = { sign: { components: ["content-type"] } };
    const from = await request(rules);
    const sent = Object.entries(from.headers).flat();
    const with2 = (...more: string[]) => ({ ...from, rawHeaders: [...sent, ...more] });
    expect(await verdict(with2() as Request, rules)).toBe("accepted");
    expect(await verdict(with2("Content-Type", "text/plain") as Request, rules)).toBe("signature_mismatch");
    const folded = { ...from, headers: { ...from.headers, "content-type": "application/json\r\n text/plain" } };
    expect(await verdict(folded, rules)).toBe("signature_mismatch");
    const injected = { ...from, headers: { ...from.headers, "content-type": 'application/json\n"x": y' } };
    expect(await verdict(injected, rules)).toBe("malformed_signature");
    const twice = { ...from, headers: { ...from.headers, "Content-Type": "text/plain" } };
    expect(await verdict(twice, rules)).toBe("malformed_signature");
  });

  test("signature headers that are sent twice", async () => {
    const from = await request();
    const other = await signedOver(["@method"]);
    const sent = [
      ...Object.entries(from.headers),
      ...Object.entries(other.headers).filter(([name]) => name.startsWith("sig")),
    ].flat();
    expect(await verdict({ ...from, rawHeaders: sent } as Request)).toBe("malformed_signature");
  });

  test.each([
    ["https://hooks.example.com/in?x=1&admin=1", "a parameter is added"],
    ["https://hooks.example.com/in?x=2", "a parameter is changed"],
    ["https://hooks.example.com/in", "the query is taken away"],
    ["https://hooks.example.com/other?x=1", "another path"],
    ["https://attacker.example.com/in?x=1", "another host"],
    ["https://hooks.example.com:8443/in?x=1", "another port"],
  ])("%s: %s", async (url) => {
    expect(await verdict({ ...(await request()), url })).toBe("signature_mismatch");
  });

  test("another tag's signature, for another purpose", async () => {
    const from = await signedOver(WHOLE, { tag: "other" });
    expect(await verdict(from, { tag: "app" })).toBe("malformed_signature");
    expect(await verdict(from, { tag: "other" })).toBe("accepted");
  });

  test("more signatures, components and characters than anybody sends", async () => {
    const from = await request();
    const many = (count: number, write: (i: number) => string) => Array.from({ length: count }, (_, i) => write(i));
    const refused = async (headers: Record<string, string>) => {
      expect(await verdict({ ...from, headers: { ...from.headers, ...headers } })).toBe("malformed_signature");
    };
    await refused({ "signature-input": many(9, (i) => `s${i}=()`).join(", ") });
    await refused({ "signature-input": `sig1=(${many(65, (i) => `"x${i}"`).join(" ")});created=${NOW}` });
    await refused({ "signature-input": `sig1=("@method");tag="${"x".repeat(9000)}"` });
    await refused({ signature: `sig1=:${"A".repeat(9000)}:` });
  });

  test("a signer that is not known keeps nobody else out", async () => {
    const from = await request();
    const proxy = await signMessage(from, { secret: theirs.private, components: WHOLE, created: NOW, label: "proxy" });
    const join = (name: string) => `${proxy[name]}, ${from.headers[name]}`;
    const both = {
      ...from,
      headers: { ...from.headers, signature: join("signature"), "signature-input": join("signature-input") },
    };
    const secret = (_: unknown, __: unknown, wanted?: { keyId?: string }) =>
      wanted?.keyId === "ours" ? ours.public : null;
    expect(await verdict(both, {}, { secret: secret as never })).toBe("accepted");
  });
});
