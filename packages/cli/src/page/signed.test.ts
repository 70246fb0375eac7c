import { createHmac } from "node:crypto";
import type { Provider } from "@countersign/core";
import { providers } from "@countersign/core/providers";
import { expect, test } from "vitest";
import type { SavedRequest } from "../request/saved.ts";
import { signRequest } from "../request/signing.ts";
import { signedOf } from "./signed.ts";

const secret = {
  utf8: "correct-horse-battery-staple",
  hex: "ab".repeat(32),
  base64: Buffer.alloc(32, 7).toString("base64"),
  whsec: `whsec_${Buffer.alloc(32, 7).toString("base64")}`,
};
const key = {
  utf8: Buffer.from(secret.utf8),
  hex: Buffer.from(secret.hex, "hex"),
  base64: Buffer.alloc(32, 7),
  whsec: Buffer.alloc(32, 7),
};
const macs = Object.values(providers).filter((provider) => provider.scheme.kind === "hmac");

/** What is shown as signed must be what is signed: a MAC over it, by Node's own crypto, is the one in the header. */
test.each(macs.map((provider) => [provider.name, provider] as const))(
  "%s: the parts that are shown are those that are signed",
  async (_, provider: Provider<any>) => {
    const { scheme } = provider;
    if (scheme.kind !== "hmac") throw new Error("no MAC");
    const form =
      provider.payload === "form" || scheme.content.some((part) => typeof part !== "string" && part.part === "form");
    const body = Buffer.from(form ? "b=2&a=1" : '{"a":1}');
    const url = "https://example.com/hooks";
    const request: SavedRequest = {
      method: provider.methods?.[0] ?? "POST",
      url,
      headers: [["Content-Type", form ? "application/x-www-form-urlencoded" : "application/json"]],
      body,
      form: "",
      notes: [],
    };
    const given = [{ value: secret[scheme.secret], shell: "" }];
    const { headers } = await signRequest(provider, request, { secrets: given, time: Date.now() });
    const { parts } = signedOf(provider, { ...request, headers }, url);
    const signed = Buffer.concat(parts.map(({ text }) => (text === undefined ? body : Buffer.from(text))));
    const mac = createHmac(scheme.digest, key[scheme.secret]).update(signed).digest(scheme.encoding);
    expect(headers.map(([, value]) => value).join("\n")).toContain(mac);
  },
);
