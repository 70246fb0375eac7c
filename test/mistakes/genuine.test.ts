/** Genuine requests that were refused, each by what was special about it. */
import { createVerifier, memoryReplayStore, type SignRequest, sign } from "@countersign/core";
import { contentful, hubspot, tailscale } from "@countersign/core/providers";
import { describe, expect, test } from "vitest";
import { codeOf, mac, NOW, SECRET } from "./requests.ts";

const clock = () => NOW;

describe("HubSpot's %3A: its page says that it is signed as a colon, its library signs it as it is", () => {
  const exactUrl = "https://example.com/hook?src=hs%3Aapp%2Fv3&x=%253A";
  const decoded = "https://example.com/hook?src=hs:app/v3&x=%253A";
  const open = (options: object = {}) => createVerifier(hubspot, { secret: SECRET, clock, exactUrl, ...options });
  const request = (signedUrl: string, body: string) => ({
    method: "POST",
    url: exactUrl,
    headers: {
      "x-hubspot-request-timestamp": String(NOW),
      "x-hubspot-signature-v3": mac(`POST${signedUrl}${body}${NOW}`).digest("base64"),
    },
    body,
  });
  const large = JSON.stringify([{ note: "x".repeat(200_000) }]);

  test.each([
    ["as it is", exactUrl],
    ["decoded", decoded],
  ])("a URL that is signed %s is accepted, with a body of any size, and handled once", async (_, signedUrl) => {
    for (const body of ["[]", large]) {
      const verifier = open({ replay: memoryReplayStore({ clock }) });
      const genuine = request(signedUrl, body);
      const { url, method, headers } = genuine;
      await (await verifier.verifyRequest(new Request(url, { method, headers, body }))).commit();
      await expect(verifier.verify(genuine)).rejects.toMatchObject({ code: "duplicate" });
    }
  });

  test.each([
    ["half decoded", "https://example.com/hook?src=hs:app%2Fv3&x=%253A"],
    ["decoded twice", "https://example.com/hook?src=hs:app/v3&x=:"],
    ["another", "https://example.com/hook?src=hs%3Aapp%2Fv4&x=%253A"],
  ])("a URL that is signed %s is refused", async (_, signedUrl) => {
    for (const body of ["[]", large]) {
      expect(await codeOf(open().verify(request(signedUrl, body)))).toBe("signature_mismatch");
    }
  });
});

describe("Contentful's second question mark: what follows it is not signed", () => {
  const secret = "s".repeat(64);
  const verifier = createVerifier(contentful, { secret, clock });
  const list = { "x-contentful-signed-headers": "x-contentful-signed-headers,x-contentful-timestamp" };
  const at = (path: string) => `https://example.com${path}`;
  async function signedAt(path: string) {
    const request: SignRequest = { secret, body: "{}", url: at(path), headers: list, timestamp: NOW };
    return { method: "POST", headers: { ...list, ...(await sign(contentful, request)) }, body: "{}" };
  }

  test("such a URL is accepted as Contentful signs it", async () => {
    const genuine = await signedAt("/hook?to=https://a.example/");
    const delivery = await verifier.verify({ ...genuine, url: at("/hook?to=https://a.example/?x=1") });
    expect(delivery.text()).toBe("{}");
    expect(await codeOf(verifier.verify({ ...genuine, url: at("/hook?to=https://b.example/?x=1") }))).toBe(
      "signature_mismatch",
    );
  });

  test("a query cannot be hung on a URL that has none", async () => {
    const plain = await signedAt("/hook");
    for (const path of ["/hook?admin=1", "/hook??admin=1", "/hook??&admin=1"]) {
      expect(await codeOf(verifier.verify({ ...plain, url: at(path) }))).toBe("signature_mismatch");
    }
  });
});

test("Tailscale's events may hold values in data that are no text", async () => {
  const data = { nodeID: 17, managed: true, tags: ["tag:a"], actor: null, nested: { ip: "100.64.0.1" } };
  const body = JSON.stringify([
    { timestamp: "2026-07-14T00:00:00Z", version: 1, type: "nodeCreated", tailnet: "example.com", message: "m", data },
  ]);
  const headers = await sign(tailscale, { secret: SECRET, body, timestamp: new Date(NOW) });
  const { payload } = await createVerifier(tailscale, { secret: SECRET, clock }).verify({ headers, body });
  expect(payload[0]?.data).toEqual(data);
});
