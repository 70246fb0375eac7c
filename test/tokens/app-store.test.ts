import { createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { Environment, SignedDataVerifier } from "@apple/app-store-server-library";
import { createVerifier, memoryReplayStore } from "@countersign/core";
import { fakeClock } from "@countersign/core/testing";
import { APPLE_ROOT_CA_G3, appStore } from "@countersign/tokens/x5c";
import { describe, expect, test } from "vitest";
import { asPem, type CertificateOptions, certificate } from "./certificate.ts";
import { compact, verdict } from "./make.ts";

const NOW = Date.parse("2026-11-01");
const [LEAF_MARKER, AUTHORITY_MARKER] = ["1.2.840.113635.100.6.11.1", "1.2.840.113635.100.6.2.1"] as const;
const keys = () => generateKeyPairSync("ec", { namedCurve: "P-256" });
const [rootKeys, authorityKeys, leafKeys, otherKeys] = [keys(), keys(), keys(), keys()];

type Change = Partial<Record<"root" | "authority" | "leaf", Partial<CertificateOptions>>>;

const PARTS: Readonly<Record<"root" | "authority" | "leaf", CertificateOptions>> = {
  leaf: {
    subject: "leaf",
    publicKey: leafKeys.publicKey,
    issuer: "authority",
    issuerKey: authorityKeys.privateKey,
    ca: false,
    markers: [LEAF_MARKER],
  },
  authority: {
    subject: "authority",
    publicKey: authorityKeys.publicKey,
    issuer: "root",
    issuerKey: rootKeys.privateKey,
    ca: true,
    markers: [AUTHORITY_MARKER],
  },
  root: {
    subject: "root",
    publicKey: rootKeys.publicKey,
    issuer: "root",
    issuerKey: rootKeys.privateKey,
    ca: true,
  },
};
const GENUINE = {
  leaf: certificate(PARTS.leaf),
  authority: certificate(PARTS.authority),
  root: certificate(PARTS.root),
};

/** A chain as Apple's, under a root of the test's own, with what a test changes of it. */
function chainOf(change: Change = {}): readonly Buffer[] {
  return (["leaf", "authority", "root"] as const).map((name) =>
    change[name] === undefined ? GENUINE[name] : certificate({ ...PARTS[name], ...change[name] }),
  );
}

const ROOT = chainOf()[2] as Buffer;
const NOTIFICATION = {
  notificationType: "DID_RENEW",
  notificationUUID: "002e14d5-51f5-4503-b5a8-c3a1af68eb20",
  version: "2.0",
  signedDate: NOW - 1000,
  data: { bundleId: "com.example", environment: "Sandbox", appAppleId: 1234, bundleVersion: "1" },
};

const signed = (payload: object = NOTIFICATION, chain = chainOf(), key = leafKeys.privateKey, header: object = {}) =>
  compact({ alg: "ES256", x5c: chain.map((one) => one.toString("base64")), ...header }, payload, key);

const provider = appStore({ bundleId: "com.example", environment: "Sandbox" });
const verifier = createVerifier(provider, { secret: asPem(ROOT), clock: fakeClock(NOW), log: false });
const send = (signedPayload: unknown, receiver = verifier) =>
  receiver.verify({ method: "POST", url: "/", headers: {}, body: JSON.stringify({ signedPayload }) });

describe("the App Store's notifications", () => {
  test("are accepted here and by Apple's own library, which reads the same", async () => {
    const delivery = await send(signed());
    const apple = new SignedDataVerifier([ROOT], false, Environment.SANDBOX, "com.example");
    expect(delivery.payload).toEqual({ ...(await apple.verifyAndDecodeNotification(signed())) });
    expect(delivery).toMatchObject({ id: NOTIFICATION.notificationUUID, timestamp: new Date(NOTIFICATION.signedDate) });
  });

  test.each(["summary", "appData", "externalPurchaseToken"])("are about an app in %s too", async (name) => {
    const { data, ...rest } = NOTIFICATION;
    const about = { ...data, ...(name === "externalPurchaseToken" ? { externalPurchaseId: "SANDBOX_1" } : {}) };
    expect(await verdict(send(signed({ ...rest, [name]: about })))).toBe("accepted");
    expect(await verdict(send(signed({ ...rest, [name]: { ...about, bundleId: "com.other" } })))).toBe(
      "unknown_sender",
    );
  });

  test("in production are compared by the app's number as well", async () => {
    const production = appStore({ bundleId: "com.example", environment: "Production", appAppleId: 1234 });
    const receiver = createVerifier(production, { secret: asPem(ROOT), clock: fakeClock(NOW), log: false });
    const data = { ...NOTIFICATION.data, environment: "Production" };
    expect(await verdict(send(signed({ ...NOTIFICATION, data }), receiver))).toBe("accepted");
    const other = { ...data, appAppleId: 1235 };
    expect(await verdict(send(signed({ ...NOTIFICATION, data: other }), receiver))).toBe("unknown_sender");
    expect(() => appStore({ bundleId: "com.example", environment: "Production" })).toThrow(/appAppleId/);
    expect(() => appStore({ bundleId: "com.example", environment: "Xcode" as never })).toThrow(/environment/);
  });

  test("are handled once, also when what is beside the signed part differs", async () => {
    const clock = fakeClock(NOW);
    const once = createVerifier(provider, { secret: asPem(ROOT), clock, replay: memoryReplayStore({ clock }) });
    const signedPayload = signed({ ...NOTIFICATION, notificationUUID: undefined });
    const request = (more: object) => ({
      method: "POST",
      url: "/",
      headers: {},
      body: JSON.stringify({ signedPayload, ...more }),
    });
    await (await once.verify(request({}))).commit();
    expect(await verdict(once.verify(request({ more: 1 })))).toBe("duplicate");
  });

  test("the root can be given as a fingerprint, PEM or DER, and nothing else", () => {
    const fingerprint = new X509Certificate(ROOT).fingerprint256;
    for (const secret of [
      fingerprint,
      fingerprint.replaceAll(":", "").toLowerCase(),
      asPem(ROOT),
      ROOT,
      APPLE_ROOT_CA_G3,
    ])
      createVerifier(provider, { secret });
    for (const secret of ["not a root", asPem(chainOf()[0] as Buffer), fingerprint.slice(3)])
      expect(() => createVerifier(provider, { secret })).toThrow(/root certificate/);
  });
});

describe("attacks on a chain of certificates", () => {
  const selfMade = { issuerKey: otherKeys.privateKey, publicKey: otherKeys.publicKey };
  test.each<[string, RegExp, () => string]>([
    [
      "chain to any root",
      /another root than the pinned/,
      () => signed(NOTIFICATION, chainOf({ root: selfMade, authority: { issuerKey: otherKeys.privateKey } })),
    ],
    [
      "a self-made chain with the true root at its end",
      /certificate 2 .* not issued/,
      () => signed(NOTIFICATION, chainOf({ authority: { issuerKey: otherKeys.privateKey } })),
    ],
    [
      "any certificate of the vendor: the signer lacks the marker",
      /certificate 1 .* not marked/,
      () => signed(NOTIFICATION, chainOf({ leaf: { markers: [] } })),
    ],
    [
      "any certificate of the vendor: the authority lacks the marker",
      /certificate 2 .* not marked/,
      () => signed(NOTIFICATION, chainOf({ authority: { markers: [LEAF_MARKER] } })),
    ],
    [
      "a leaf as an authority",
      /certificate 2 .* not an authority/,
      () => signed(NOTIFICATION, chainOf({ authority: { ca: false } })),
    ],
    [
      "an authority as the signer",
      /certificate 1 .* is an authority/,
      () => signed(NOTIFICATION, chainOf({ leaf: { ca: true } })),
    ],
    [
      "an expired signer",
      /certificate 1 .* not valid now/,
      () => signed(NOTIFICATION, chainOf({ leaf: { to: new Date("2026-10-31") } })),
    ],
    [
      "a signer of the future",
      /certificate 1 .* not valid now/,
      () => signed(NOTIFICATION, chainOf({ leaf: { from: new Date("2026-11-02") } })),
    ],
    [
      "an expired authority",
      /certificate 2 .* not valid now/,
      () => signed(NOTIFICATION, chainOf({ authority: { to: new Date("2026-10-31") } })),
    ],
    [
      "the issuer's name does not fit",
      /certificate 1 .* not issued/,
      () => signed(NOTIFICATION, chainOf({ leaf: { issuer: "nobody" } })),
    ],
    [
      "signed by another key than the certificate's",
      /does not verify it/,
      () => signed(NOTIFICATION, chainOf(), otherKeys.privateKey),
    ],
    [
      "the signer's key is of another kind",
      /does not verify it/,
      () => {
        const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
        return signed(NOTIFICATION, chainOf({ leaf: { publicKey: rsa.publicKey } }), leafKeys.privateKey);
      },
    ],
  ])("%s", async (_, reason, make) => {
    const refused = expect(send(make())).rejects;
    await refused.toMatchObject({ code: "signature_mismatch", message: expect.stringMatching(reason) });
  });

  test.each<[string, () => unknown]>([
    ["two certificates", () => signed(NOTIFICATION, chainOf().slice(1))],
    ["four certificates", () => signed(NOTIFICATION, [...chainOf(), ROOT])],
    ["none", () => compact({ alg: "ES256" }, NOTIFICATION, leafKeys.privateKey)],
    [
      "something behind a certificate",
      () =>
        signed(
          NOTIFICATION,
          chainOf().map((one) => Buffer.concat([one, Buffer.from([0])])),
        ),
    ],
    ["alg: none", () => signed(NOTIFICATION, chainOf(), leafKeys.privateKey, { alg: "none" })],
    [
      "a shared secret: HS256 under the public key",
      () =>
        compact(
          { alg: "HS256", x5c: chainOf().map((one) => one.toString("base64")) },
          NOTIFICATION,
          createPublicKey(leafKeys.privateKey).export({ type: "spki", format: "pem" }) as string,
        ),
    ],
    [
      "an extension that must be understood",
      () => signed(NOTIFICATION, chainOf(), leafKeys.privateKey, { crit: ["exp"], exp: 1 }),
    ],
    ["no JWS", () => "a.b"],
  ])("%s is malformed", async (_, make) => {
    expect(await verdict(send(make()))).toBe("malformed_signature");
  });

  test("a notification for somebody else's app, signed by the same vendor", async () => {
    const data = { ...NOTIFICATION.data, bundleId: "com.other" };
    expect(await verdict(send(signed({ ...NOTIFICATION, data })))).toBe("unknown_sender");
    const production = { ...NOTIFICATION.data, environment: "Production" };
    expect(await verdict(send(signed({ ...NOTIFICATION, data: production })))).toBe("unknown_sender");
    expect(await verdict(send(signed({ notificationType: "TEST" })))).toBe("unknown_sender");
  });

  test("signature over less than what is used: fields beside it reach nobody", async () => {
    const body = JSON.stringify({
      notificationType: "REFUND",
      signedPayload: signed(),
      data: { bundleId: "com.other" },
    });
    const { payload } = await verifier.verify({ method: "POST", url: "/", headers: {}, body });
    expect(payload).toEqual(NOTIFICATION);
  });

  test("without a signed payload", async () => {
    expect(await verdict(send(undefined))).toBe("missing_signature");
    expect(await verdict(verifier.verify({ method: "POST", url: "/", headers: {}, body: "[]" }))).toBe(
      "malformed_signature",
    );
  });
});
