import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import {
  ConfigurationError,
  createVerifier,
  defineProvider,
  memoryReplayStore,
  sign,
  type VerifierOptions,
} from "@countersign/core";
import { fakeClock } from "@countersign/core/testing";
import { describe, expect, test } from "vitest";
import { signMessage } from "../message/sign.ts";
import { type HttpSignatureOptions, httpSignature } from "./http-signature.ts";

const NOW = 1_784_000_000;
const clock = fakeClock(NOW * 1000);
const URL_CALLED = "https://hooks.example.com/in?x=1";
const BODY = '{"hello":"world"}';

function pair(kid: string) {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const written = (key: typeof publicKey) => JSON.stringify({ ...key.export({ format: "jwk" }), kid });
  return {
    public: written(publicKey),
    private: written(privateKey),
    pem: String(publicKey.export({ format: "pem", type: "spki" })).trim(),
  };
}
const ours = pair("ours");
const theirs = pair("theirs");

const provider = (options: HttpSignatureOptions = {}) =>
  defineProvider({ name: "acme", docs: "https://example.com", scheme: httpSignature(options) });

interface Request {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}
const request = async (
  options: HttpSignatureOptions = {},
  secret: string | string[] = ours.private,
): Promise<Request> => {
  const own = { "content-type": "application/json" };
  const message = { method: "POST", url: URL_CALLED, headers: own, body: BODY, timestamp: NOW, id: "evt-1" };
  const headers = await sign(provider(options), { ...message, secret });
  return { ...message, headers: { ...own, ...headers } };
};

const verdict = async (
  from: Request,
  options: HttpSignatureOptions = {},
  more: Partial<VerifierOptions<any, any>> = {},
): Promise<string> => {
  const verifier = createVerifier(provider(options), { secret: ours.public, clock, ...more } as VerifierOptions<
    any,
    any
  >);
  const result = await verifier.verify(from).catch((error: unknown) => error);
  return (result as { code?: string }).code ?? "accepted";
};
/** What is told to the developer. */
const reason = async (from: Request, options: HttpSignatureOptions = {}): Promise<string> => {
  const verifier = createVerifier(provider(options), { secret: ours.public, clock });
  return verifier.verify(from).then(
    () => "accepted",
    (error: Error) => error.message,
  );
};

describe("what was signed", () => {
  test("is accepted, with its time and its id", async () => {
    const delivery = await createVerifier(provider(), { secret: ours.public, clock }).verify(await request());
    expect(delivery.payload).toEqual({ hello: "world" });
    expect(delivery.timestamp).toEqual(new Date(NOW * 1000));
    expect(delivery.id).toBe("evt-1");
  });

  test("has these headers", async () => {
    const { headers } = await request();
    expect(headers["content-digest"]).toBe("sha-256=:k6I5cakU5erL8KjSUVTNownDwccvu5kU1Hxg88toFYg=:");
    expect(headers["signature-input"]).toBe(
      `sig1=("@method" "@authority" "@path" "@query" "content-digest");created=${NOW};nonce="evt-1";alg="ed25519";keyid="ours"`,
    );
  });

  test("holds by any of the keys that it may be, however they are written", async () => {
    const from = await request();
    expect(await verdict(from, {}, { secret: [theirs.public, ours.public] })).toBe("accepted");
    expect(await verdict(from, {}, { secret: [theirs.pem, ours.pem] })).toBe("accepted");
    expect(await verdict(from, {}, { secret: theirs.public })).toBe("signature_mismatch");
    expect(await verdict(from, {}, { secret: theirs.pem })).toBe("signature_mismatch");
  });

  test("asks a lookup for the key that it names", async () => {
    const asked: unknown[] = [];
    const secret = (_request: unknown, _context: unknown, wanted: unknown) => {
      asked.push(wanted);
      return ours.public;
    };
    expect(await verdict(await request(), {}, { secret: secret as never })).toBe("accepted");
    expect(asked).toEqual([{ keyId: "ours", algorithm: "ed25519" }]);
  });

  test("is a 503 where the keys cannot be had, and 401 where nobody knows the sender", async () => {
    const from = await request();
    expect(await verdict(from, {}, { secret: (() => Promise.reject(new Error("down"))) as never })).toBe(
      "secret_unavailable",
    );
    expect(await verdict(from, {}, { secret: (() => null) as never })).toBe("unknown_sender");
  });

  test("is judged by the head before the body is read", async () => {
    const verifier = createVerifier(provider(), { secret: theirs.public, clock });
    const { body: _, ...head } = await request();
    expect(await verifier.begin(head)).toMatchObject({ status: 401 });
  });

  test("needs no body", async () => {
    const own = { method: "GET", url: URL_CALLED, headers: {}, body: "", timestamp: NOW };
    const get = defineProvider({ ...provider(), methods: ["GET"], emptyBody: true, payload: "raw" });
    const headers = await sign(get, { ...own, secret: ours.private });
    expect(headers["content-digest"]).toBeUndefined();
    const verifier = createVerifier(get, { secret: ours.public, clock });
    await expect(verifier.verify({ ...own, headers })).resolves.toBeDefined();
    // HTTP/2 need not say that there is a body.
    await expect(verifier.verify({ ...own, headers, body: "x" })).rejects.toMatchObject({
      code: "malformed_signature",
    });
  });

  test.each<HttpSignatureOptions>([
    { algorithms: ["ecdsa-p256-sha256"] },
    { algorithms: ["ecdsa-p384-sha384"] },
    { algorithms: ["rsa-pss-sha512"] },
    { algorithms: ["rsa-v1_5-sha256"] },
    { algorithms: ["rsa-v1_5-sha256", "rsa-pss-sha512", "ed25519"], sign: { keyId: "k", expires: "1m" } },
    { algorithms: ["hmac-sha256"] },
    { algorithms: ["hmac-sha256"], secretFormat: "base64", sign: { label: "web", alg: false, nonce: false } },
    { digest: "repr-digest", tag: "app", sign: { digests: ["sha-256", "sha-512"], components: ["content-type"] } },
    { keyId: "thumbprint", coverage: { target: "path", parameters: ["created", "keyid", "nonce", "alg"] } },
    { coverage: { components: ["@method", "@target-uri", "@scheme", "@request-target"], target: "uri" } },
  ])("comes back: %j", async (options) => {
    const [name = "ed25519"] = options.algorithms ?? [];
    const keys =
      name === "hmac-sha256"
        ? { private: "bXkgc2VjcmV0", public: "bXkgc2VjcmV0" }
        : name.startsWith("rsa")
          ? of(generateKeyPairSync("rsa", { modulusLength: 2048 }))
          : name === "ed25519"
            ? ours
            : of(generateKeyPairSync("ec", { namedCurve: name.includes("384") ? "P-384" : "P-256" }));
    const signing = name.startsWith("rsa") ? { ...options, algorithms: [name] } : options;
    const from = await request(signing, keys.private);
    expect(await verdict(from, options, { secret: keys.public })).toBe("accepted");
    expect(await verdict({ ...from, body: "{}" }, options, { secret: keys.public })).toBe("signature_mismatch");
  });
});

function of({
  publicKey,
  privateKey,
}: {
  publicKey: ReturnType<typeof createPrivateKey>;
  privateKey: typeof publicKey;
}) {
  return {
    public: JSON.stringify(publicKey.export({ format: "jwk" })),
    private: JSON.stringify(privateKey.export({ format: "jwk" })),
  };
}

describe("time", () => {
  const at = (seconds: number) => ({ clock: fakeClock((NOW + seconds) * 1000) });

  test("is judged by the window over created", async () => {
    const from = await request();
    expect(await verdict(from, {}, at(299))).toBe("accepted");
    expect(await verdict(from, {}, at(301))).toBe("timestamp_too_old");
    expect(await verdict(from, {}, at(-301))).toBe("timestamp_in_future");
    expect(await verdict(from, {}, { ...at(301), tolerance: "10m" })).toBe("accepted");
  });

  test("ends with expires", async () => {
    const from = await request({ sign: { expires: "1m" } });
    expect(await verdict(from, {}, at(59))).toBe("accepted");
    expect(await verdict(from, {}, at(60))).toBe("timestamp_too_old");
  });

  test.each([
    'created="1"',
    "created=-1",
    "created=1.5",
    "created=999999999999999",
    "created",
    "expires=1;created=2",
    "nonce=1",
    "alg=ed25519",
  ])("%s is no such parameter", async (parameters) => {
    const from = await request();
    from.headers["signature-input"] = `sig1=("@method" "@target-uri" "content-digest");${parameters}`;
    expect(await verdict(from)).toBe("malformed_signature");
  });
});

describe("repetitions", () => {
  const store = () => ({ replay: memoryReplayStore({ clock }), onDuplicate: "refuse" }) as const;

  test("are one delivery, whatever its signature is called", async () => {
    const verifier = createVerifier(provider(), { secret: ours.public, clock, ...store() });
    const from = await request();
    await (await verifier.verify(from)).commit();
    await expect(verifier.verify(from)).rejects.toMatchObject({ code: "duplicate" });
    for (const name of ["signature", "signature-input"])
      from.headers[name] = from.headers[name]?.replace("sig1=", "other=") as string;
    await expect(verifier.verify(from)).rejects.toMatchObject({ code: "duplicate" });
  });

  test("are one, whichever of two keys of a rotation is looked at", async () => {
    const from = await request({ sign: { nonce: false } }, [ours.private, theirs.private]);
    expect(from.headers.signature).toMatch(/^sig1=.*, sig2=/);
    const verifier = createVerifier(provider(), { secret: [ours.public, theirs.public], clock, ...store() });
    const only = (label: string) => {
      const cut = (name: string) =>
        (from.headers[name] as string).split(", ").find((one) => one.startsWith(label)) as string;
      return {
        ...from,
        headers: { ...from.headers, signature: cut("signature"), "signature-input": cut("signature-input") },
      };
    };
    await (await verifier.verify(only("sig1"))).commit();
    await expect(verifier.verify(only("sig2"))).rejects.toMatchObject({ code: "duplicate" });
  });

  test("are not, where only the time of two requests differs", async () => {
    const verifier = createVerifier(provider(), { secret: ours.public, clock, ...store() });
    const signing = { method: "POST", url: URL_CALLED, body: BODY, secret: ours.private };
    for (const timestamp of [NOW, NOW + 1]) {
      const headers = await sign(provider(), { ...signing, timestamp });
      await (await verifier.verify({ ...signing, headers })).commit();
    }
  });
});

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
    const keys = of(generateKeyPairSync("rsa", { modulusLength: 2048 }));
    const from = await request({ algorithms: ["rsa-v1_5-sha256"], sign: { alg: false } }, keys.private);
    const both = { secret: keys.public };
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
    const many = (count: number, of: (i: number) => string) => Array.from({ length: count }, (_, i) => of(i));
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

describe("set-up", () => {
  test.each<[string, object]>([
    ["algoritms", { algoritms: ["ed25519"] }],
    ["algorithms", { algorithms: ["rs256"] }],
    ["algorithms", { algorithms: [] }],
    ["coverage.components[0]", { coverage: { components: ["@nothing"] } }],
    ["coverage.target", { coverage: { target: "all" } }],
    ["coverage.parameters", { coverage: { parameters: ["age"] } }],
    ["coverage.headers", { coverage: { headers: [] } }],
    ["digest", { digest: "digest" }],
    ["keyId", { keyId: "kid" }],
    ["tag", { tag: "" }],
    ["id.header", { id: {} }],
    ["tolerance", { tolerance: 300 }],
    ["fields.x", { fields: { x: "map" } }],
    ["keyUrl.header", { keyUrl: { member: "x" } }],
    ["sign.label", { sign: { label: "Sig" } }],
    ["sign.expires", { coverage: { parameters: ["expires"] } }],
    ["sign.digests", { sign: { digests: ["md5"] } }],
    ["sign.components[0]", { sign: { components: ["a b"] } }],
    ["sign.nonce", { sign: { nonce: 1 } }],
  ])("a wrong %s throws", (option, options) => {
    expect(() => httpSignature(options)).toThrow(expect.objectContaining({ name: "ConfigurationError", option }));
  });

  test("a key that cannot be right throws", async () => {
    const small = String(
      generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ format: "pem", type: "spki" }),
    );
    for (const secret of [small, ours.private, "nonsense", "{}"])
      expect(() => createVerifier(provider(), { secret })).toThrow(ConfigurationError);
    const p256 = of(generateKeyPairSync("ec", { namedCurve: "P-256" }));
    expect(() => createVerifier(provider({ algorithms: ["ed25519"] }), { secret: p256.public })).toThrow(
      /needs an Ed25519 key/,
    );
    const pem = createPrivateKey({ key: JSON.parse(ours.private), format: "jwk" }).export({
      format: "pem",
      type: "pkcs8",
    });
    await expect(request({}, ours.public)).rejects.toThrow(ConfigurationError);
    await expect(request({ keyId: "thumbprint" }, String(pem).trim())).rejects.toThrow(/as a JWK/);
  });

  test("what cannot be signed throws", async () => {
    const own = { secret: ours.private, body: BODY, timestamp: NOW };
    await expect(sign(provider(), { ...own, url: "/in" })).rejects.toThrow(/not absolute/);
    await expect(sign(provider(), { ...own, url: URL_CALLED, id: "ü" })).rejects.toThrow(ConfigurationError);
    await expect(sign(provider(), { ...own, url: URL_CALLED, timestamp: 1.5 })).rejects.toThrow(ConfigurationError);
  });
});
