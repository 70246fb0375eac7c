import { describe, expect, test } from "vitest";
import { fakeClock } from "../testing/clock.ts";
import { certificates, type KeySourceOptions } from "./index.ts";

const FOLDER = "https://api.paypal.com/v1/notifications/certs/";
const HEAD = { method: "POST", url: "/", headers: {} };
/** A certificate of nobody, made by OpenSSL 3 for P-256. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBgjCCASegAwIBAgIUcPmH1x2GlRxRs5YDmQ42jpeGi24wCgYIKoZIzj0EAwIw
FjEUMBIGA1UEAwwLbm9ib2R5LnRlc3QwHhcNMjYxMTIyMDAxMjEwWhcNMjYxMTIz
MDAxMjEwWjAWMRQwEgYDVQQDDAtub2JvZHkudGVzdDBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABOIcvP8nAOHjTRtZ9ca7EJ98q9wOH2ZMgF+kV7AcgFhZyPffamgT
xTwg8DE+dHWkXYfh0O+CBQCGt3IcHK50Ic2jUzBRMB0GA1UdDgQWBBS8Dv4WK0CZ
e31tDlet7xxKjhqNrjAfBgNVHSMEGDAWgBS8Dv4WK0CZe31tDlet7xxKjhqNrjAP
BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQCaT37JBIjR85yEpiBc
vYheouAqCMTodHduVtjcLPvP+gIhAKOk6v7tTW+L4IGNYIaaqnkLJVtlYmc6osRK
GWX26cC0
-----END CERTIFICATE-----`;

function source(answer: (url: string) => Response | Promise<Response>, options: KeySourceOptions = {}) {
  const asked: string[] = [];
  const clock = fakeClock(1_000_000);
  const fetch = async (url: string) => {
    asked.push(url);
    return answer(url);
  };
  const find = certificates([FOLDER, "https://api.sandbox.paypal.com/v1/notifications/certs/"], {
    fetch,
    clock,
    ...options,
  });
  const get = async (url?: string, algorithm?: string) =>
    find(HEAD, undefined, { ...(url === undefined ? {} : { url }), ...(algorithm === undefined ? {} : { algorithm }) });
  return { asked, clock, get };
}
const good = () => new Response(`${CERTIFICATE}\n${CERTIFICATE}\n`);

test("a certificate of a pinned folder is fetched once, and the first of its file is taken", async () => {
  const { asked, get } = source(good);
  for (let i = 0; i < 10; i++) expect(await get(`${FOLDER}CERT-1`)).toBe(CERTIFICATE);
  expect(await get(`${FOLDER}CERT-1`, "ES256")).toBe(CERTIFICATE);
  expect(await get(`${FOLDER}CERT-1`, "RS256")).toBeNull();
  expect(asked).toEqual([`${FOLDER}CERT-1`]);
});

test("a hundred requests for a new certificate wait for one fetch", async () => {
  const { asked, get } = source(good);
  const found = await Promise.all(Array.from({ length: 100 }, () => get(`${FOLDER}CERT-1`)));
  expect(new Set(found)).toEqual(new Set([CERTIFICATE]));
  expect(asked).toHaveLength(1);
});

describe("certificate host not pinned", () => {
  test.each([
    undefined,
    "",
    "https://evil.example/v1/notifications/certs/CERT-1",
    "https://api.paypal.com.evil.example/v1/notifications/certs/CERT-1",
    "https://api.paypal.com@evil.example/v1/notifications/certs/CERT-1",
    "http://api.paypal.com/v1/notifications/certs/CERT-1",
    "https://api.paypal.com:8443/v1/notifications/certs/CERT-1",
    "https://API.paypal.com/v1/notifications/certs/CERT-1",
    "https://api.paypal.com/v1/notifications/certs",
    FOLDER,
    `${FOLDER}../../evil`,
    `${FOLDER}..`,
    `${FOLDER}.`,
    `${FOLDER}a/b`,
    `${FOLDER}a%2f..%2f..%2fevil`,
    `${FOLDER}a?redirect=https://evil.example`,
    `${FOLDER}a#b`,
    `${FOLDER}a\\b`,
    `${FOLDER}a\r\nhost: evil.example`,
    ` ${FOLDER}CERT-1`,
    `${FOLDER}${"a".repeat(5_000)}`,
  ])("%j is not asked", async (url) => {
    const { asked, get } = source(good);
    expect(await get(url)).toBeNull();
    expect(asked).toEqual([]);
  });
});

test("a flood of names under the folder causes few fetches, and pushes out no certificate that is there", async () => {
  const { asked, clock, get } = source((url) => (url.endsWith("CERT-1") ? good() : new Response("", { status: 404 })));
  await get(`${FOLDER}CERT-1`);
  for (let i = 0; i < 1_000; i++) await expect(get(`${FOLDER}made-up-${i}`)).rejects.toThrow(/cannot be had/);
  expect(asked).toHaveLength(5);
  expect(await get(`${FOLDER}CERT-1`)).toBe(CERTIFICATE);
  clock.advance(10_000);
  await expect(get(`${FOLDER}another`)).rejects.toThrow(/answered 404/);
  expect(asked).toHaveLength(6);
});

test("what is no certificate is a failure of the source", async () => {
  const { get } = source(() => new Response("<html>"));
  await expect(get(`${FOLDER}CERT-1`)).rejects.toThrow(/no PEM/);
});

test.each([
  [[], /one at least/],
  ["https://api.paypal.com/", /list of strings/],
  [["https://api.paypal.com/certs"], /slash at their end/],
  [["https://api.paypal.com/certs/?x=/"], /slash at their end/],
  [["https://API.paypal.com/certs/"], /as they are asked/],
  [["http://api.paypal.com/certs/"], /https/],
  [["https://a:b@api.paypal.com/certs/"], /password/],
])("a wrong set-up: %j", (folders, message) => {
  expect(() => certificates(folders as string[])).toThrow(message);
});
