/**
 * Where nothing separates two parts of what is signed, one signature holds for several splits. Every boundary of every
 * row is moved, a character at a time: what still verifies is a seam, and the row must list it.
 */
import { type ContentPart, createVerifier, type Provider, sign } from "@countersign/core";
import * as rows from "@countersign/core/providers";
import { providers } from "@countersign/core/providers";
import { isProof } from "@countersign/core/scheme";
import { describe, expect, test } from "vitest";
import { keysOf } from "../key-pairs.ts";

const NOW = 1_784_000_000_000;
interface Wire {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** One part of what is signed: its value in a request, and the request with another value. */
interface Slot {
  readonly name: string;
  get(wire: Wire): string;
  set(wire: Wire, value: string): Wire;
}

function headerSlot(name: string, header: string): Slot {
  return {
    name,
    get: ({ headers }) => headers[header] ?? "",
    set: (wire, value) => ({ ...wire, headers: { ...wire.headers, [header]: value } }),
  };
}

function slotOf(part: Exclude<ContentPart, string>, provider: Provider): Slot | undefined {
  const { scheme } = provider;
  if (isProof(scheme)) return undefined;
  switch (part.part) {
    case "body":
      return { name: "body", get: ({ body }) => body, set: (wire, body) => ({ ...wire, body }) };
    case "bodyHash":
      return undefined; // As long as it always is: nothing of a neighbour can become a part of it.
    case "method":
      return { name: "method", get: ({ method }) => method, set: (wire, method) => ({ ...wire, method }) };
    case "url":
    case "path":
      return { name: part.part, get: ({ url }) => url, set: (wire, url) => ({ ...wire, url }) };
    case "id":
      return headerSlot("id", (scheme.id as { header: string }).header.toLowerCase());
    case "header":
      return headerSlot("header", part.name as string);
    case "timestamp": {
      const own = scheme.timestamp?.header?.toLowerCase();
      if (own !== undefined) return headerSlot("timestamp", own);
      const name = [scheme.signature.header].flat()[0]?.toLowerCase() as string;
      const time = /((?:^|[,;]\s?)ts?=)([^,;]*)/;
      return {
        name: "timestamp",
        get: ({ headers }) => time.exec(headers[name] as string)?.[2] ?? "",
        set: (wire, value) => ({
          ...wire,
          headers: { ...wire.headers, [name]: (wire.headers[name] as string).replace(time, `$1${value}`) },
        }),
      };
    }
    default:
      return undefined; // Forms and listed headers have cases of their own below.
  }
}

/** Bodies that invite it: they hold the separators, and begin and end as their neighbours do. */
function bodiesOf(literals: readonly string[]): string[] {
  return ['{"a":{"b":1}}', "11784000000", ...literals.flatMap((text) => [`${text}{}`, `a${text}1784000001${text}{}`])];
}

async function seamsOf(provider: Provider): Promise<Set<string>> {
  const found = new Set<string>();
  const { scheme } = provider;
  if (isProof(scheme)) return found;
  const { verifying: secret, signing: privateKey } = keysOf(provider);
  const verifier = createVerifier(provider, { secret, clock: { now: () => NOW }, payload: "raw", log: false });
  const literals = scheme.content.filter((part) => typeof part === "string");
  for (const body of bodiesOf(literals)) {
    const method = provider.methods?.[0] ?? "POST";
    const url = "https://example.com/hook";
    const own: Record<string, string> = {};
    for (const part of scheme.content) {
      if (typeof part === "string") continue;
      if (part.part === "header") own[part.name as string] = "value-1";
      if (part.part === "headers") own[part.name as string] = (part.required ?? []).join(",");
    }
    const timestamp = scheme.timestamp === undefined ? {} : { timestamp: new Date(NOW) };
    const signed = await sign(provider, {
      secret: privateKey,
      method,
      url,
      body,
      headers: own,
      id: "msg_1",
      ...timestamp,
    });
    const wire: Wire = { method, url, headers: { ...own, ...signed }, body };
    for (const moved of movedBoundaries(provider, wire)) {
      const verdict = await verifier.verify(moved.wire).then(
        () => "verified",
        (error) => error.code,
      );
      if (verdict === "verified") found.add(moved.seam);
    }
  }
  return found;
}

function* movedBoundaries(provider: Provider, wire: Wire): Generator<{ seam: string; wire: Wire }> {
  const { content } = provider.scheme as { content: readonly ContentPart[] };
  let left: Slot | undefined;
  let between = "";
  for (const part of content) {
    if (typeof part === "string") {
      between += part;
      continue;
    }
    const right = slotOf(part, provider);
    if (left !== undefined && right !== undefined) {
      const start = left.get(wire);
      const joined = start + between + right.get(wire);
      for (let at = 0; at + between.length <= joined.length; at++) {
        if (at === start.length || !joined.startsWith(between, at)) continue;
        const changed = left.set(wire, joined.slice(0, at));
        yield { seam: `${left.name}/${right.name}`, wire: right.set(changed, joined.slice(at + between.length)) };
      }
    }
    left = right;
    between = "";
  }
}

const all = Object.values(providers).filter(({ scheme }) => !isProof(scheme));

describe("boundaries that can be moved under one signature", () => {
  test.each(all)("$name: exactly those that the row lists", async (provider) => {
    const listed = (provider.seams ?? []).filter((seam) => !seam.includes("form"));
    expect([...(await seamsOf(provider))].sort()).toEqual([...listed].sort());
  });

  test("every row with a seam says so in words", () => {
    const withSeams = all.filter(({ seams }) => seams !== undefined);
    expect(withSeams.map(({ name }) => name).sort()).toEqual(["hubspot", "square", "twilio"]);
    for (const { unprotected } of withSeams) expect(unprotected).toMatch(/separat/);
  });

  test("Twilio's form: a value takes its neighbour's letters, and a query the first field's", async () => {
    const secret = "secret";
    const url = "https://example.com/sms?";
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const signed = await sign(rows.twilio, { secret, url, headers, body: "Body=hi&From=1" });
    const verifier = createVerifier(rows.twilio, { secret, log: false });
    const holds = (wire: { url: string; body: string }) =>
      verifier.verify({ method: "POST", headers: { ...headers, ...signed }, ...wire }).then(
        () => true,
        () => false,
      );
    expect(await holds({ url, body: "Body=hi&From=1" })).toBe(true);
    expect(rows.twilio.seams).toEqual(["url/form", "form/form"]);
    expect(await holds({ url, body: "Body=hiFrom1" })).toBe(true);
    expect(await holds({ url: `${url}Bodyhi`, body: "From=1" })).toBe(true);
    expect(await holds({ url, body: "Body=ho&From=1" })).toBe(false);
  });
});
