import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { ConfigurationError, createVerifier, defineProvider, memoryReplayStore, sign } from "@countersign/core";
import { fakeClock } from "@countersign/core/testing";
import { type HttpSignatureOptions, httpSignature } from "@countersign/http-signatures";
import { describe, expect, test } from "vitest";
import { BODY, clock, NOW, of, ours, provider, request, rsa, theirs, URL_CALLED, verdict } from "./kit.ts";

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
          ? rsa
          : name === "ed25519"
            ? ours
            : of(generateKeyPairSync("ec", { namedCurve: name.includes("384") ? "P-384" : "P-256" }));
    const signing = name.startsWith("rsa") ? { ...options, algorithms: [name] } : options;
    const from = await request(signing, keys.private);
    expect(await verdict(from, options, { secret: keys.public })).toBe("accepted");
    expect(await verdict({ ...from, body: "{}" }, options, { secret: keys.public })).toBe("signature_mismatch");
  });
});

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
