import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { readSaved } from "./read.ts";
import { headerOf, Unreadable } from "./saved.ts";

const read = (text: string | Uint8Array, entry?: number) => {
  const { headers, body, ...rest } = readSaved(Buffer.from(text), entry);
  return { ...rest, headers: headers.map(([name, value]) => `${name}: ${value}`), body: Buffer.from(body).toString() };
};

describe("raw HTTP", () => {
  test("as it went over the wire", () => {
    expect(
      read('POST /hooks?a=1 HTTP/1.1\r\nHost: example.com\r\nX-Sig:  a b \r\nContent-Length: 7\r\n\r\n{"a":1}'),
    ).toEqual({
      method: "POST",
      url: "/hooks?a=1",
      headers: ["Host: example.com", "X-Sig: a b", "Content-Length: 7"],
      body: '{"a":1}',
      form: "raw HTTP",
      notes: [],
    });
  });

  test("saved by an editor: bare line feeds, a line break behind the body, a mark in front", () => {
    const { body, notes } = read('\ufeff\nPOST /x HTTP/1.1\nContent-Length: 7\n\n{"a":1}\n');
    expect(body).toBe('{"a":1}');
    expect(notes).toEqual(["The line break behind the body is left out, as Content-Length says."]);
  });

  test("a body of another length than its header says", () => {
    expect(read("POST / HTTP/1.1\nContent-Length: 3\n\nabcdef").notes).toEqual([
      "Content-Length says 3 bytes, and the body has 6: it was changed when it was saved, or on its way.",
    ]);
  });

  test("chunks (RFC 9112, 7.1), with an extension and a trailer", () => {
    const head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    expect(read(`${head}4\r\nWiki\r\n6;x=y\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n0\r\nT: a\r\n\r\n`).body).toBe(
      "Wikipedia in \r\n\r\nchunks.",
    );
    expect(read(`${head}FF\r\nshort`)).toMatchObject({
      body: "FF\r\nshort",
      notes: [expect.stringContaining("chunked")],
    });
  });

  test("headers alone, as a log has them, are a POST", () => {
    expect(read("Stripe-Signature: t=1,v1=2\n\n{}")).toMatchObject({ method: "POST", url: "", body: "{}" });
  });

  test("bytes that are no text stay what they are", () => {
    const bytes = Buffer.concat([Buffer.from("POST / HTTP/1.1\r\n\r\n"), Uint8Array.of(0xff, 0, 0x80)]);
    expect([...readSaved(bytes).body]).toEqual([0xff, 0, 0x80]);
  });

  test("a line that is no header", () => {
    expect(() => read("POST / HTTP/1.1\nno header\n\n{}")).toThrow("no header");
  });
});

describe("a curl command", () => {
  test("as Chrome copies it for bash", () => {
    const command = `curl 'https://example.com/hooks' \\
  -H 'content-type: application/json' \\
  -H 'x-signature: sha256=00' \\
  --data-raw $'{"text":"it\\'s \\u00e9\\n"}' \\
  --compressed`;
    expect(read(command)).toEqual({
      method: "POST",
      url: "https://example.com/hooks",
      headers: ["content-type: application/json", "x-signature: sha256=00"],
      body: '{"text":"it\'s é\n"}',
      form: "a curl command",
      notes: [],
    });
  });

  test("with a variable of the shell", () => {
    expect(read('curl -H "x-key: $KEY" example.com -d 1').notes).toEqual([
      "-H has something that only the shell knows ($NAME): it is taken as it stands.",
    ]);
  });

  test.each([
    ["curl -d @body.json example.com", "names a file"],
    ["curl -F a=b example.com", "-F"],
    ["curl -d 'a example.com", "not closed"],
    ["curl -d", "no value"],
    ["curl -s", "no URL"],
    ['curl ^"https://example.com^" ^\n', "bash"],
  ])("%s is told why", (command, why) => {
    expect(() => read(command)).toThrow(why);
  });

  // Not what we think that curl sends, but what it sends.
  const commands = [
    `curl -sS -X PUT URL/a?b=c -H 'X-One: 1' -H "X-Two: two words" -d a=1 -d 'b=2 3'`,
    `curl -s URL --json '{"a": 1}'`,
    `curl -s URL --data-urlencode 'a=b c&d' --data-urlencode '=x/y!(*)' --data-urlencode plain`,
    `curl -sG URL/q -d a=1 -d b=2`,
    `curl -su 'user:pass' URL -d "say \\"hi\\" \\\\ \\$5"`,
    `curl -s -XPOST URL -H 'Empty;' --data-binary $'a\\nb\\x41\\u20ac'`,
  ];
  test.each(commands)("%s is what curl sends", async (template) => {
    let resolve: (sent: Sent) => void = () => {};
    const promise = new Promise<Sent>((done) => {
      resolve = done;
    });
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      response.end();
      resolve({
        method: request.method ?? "",
        url: request.url ?? "",
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      });
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const command = template.replace("URL", origin);
    await promisify(execFile)("bash", ["-c", command]);
    const sent = await promise;
    server.close();
    const request = readSaved(Buffer.from(command));
    expect(new URL(request.url).pathname + new URL(request.url).search).toBe(sent.url);
    expect(request.method).toBe(sent.method);
    expect(Buffer.from(request.body).toString()).toBe(sent.body);
    for (const [name, value] of request.headers) expect(sent.headers[name.toLowerCase()]).toBe(value);
    expect(headerOf(request.headers, "content-type")).toBe(sent.headers["content-type"]);
  });

  interface Sent {
    method: string;
    url: string;
    headers: NodeJS.Dict<string | string[]>;
    body: string;
  }
});

describe("JSON", () => {
  test("a HAR file of several requests", () => {
    const entry = (text: string | undefined, startedDateTime = "2026-04-17T10:15:03.000Z") => ({
      startedDateTime,
      request: {
        method: "POST",
        url: "https://example.com/hooks",
        headers: [
          { name: ":authority", value: "example.com" },
          { name: "X-Signature", value: "00" },
        ],
        ...(text === undefined ? {} : { postData: { mimeType: "application/json", text } }),
      },
    });
    const har = JSON.stringify({
      log: { version: "1.2", entries: [entry("first"), entry("second"), entry(undefined)] },
    });
    expect(read(har)).toEqual({
      method: "POST",
      url: "https://example.com/hooks",
      headers: ["X-Signature: 00"],
      body: "second",
      at: Date.parse("2026-04-17T10:15:03Z"),
      form: "a HAR file",
      notes: ["Entry 2 of 3: --entry N takes another."],
    });
    expect(read(har, 1)).toMatchObject({ body: "first", notes: [] });
    expect(() => read(har, 9)).toThrow("no number 9");
  });

  // The examples of AWS's own pages, shortened.
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
  test("an AWS event of version 2.0, base64", () => {
    const event = {
      version: "2.0",
      routeKey: "$default",
      rawPath: "/my/path",
      rawQueryString: "parameter1=value1&parameter1=value2&parameter2=value",
      headers: { header1: "value1", header2: "value1,value2" },
      requestContext: {
        domainName: "id.execute-api.us-east-1.amazonaws.com",
        http: { method: "POST", path: "/my/path", protocol: "HTTP/1.1" },
        timeEpoch: 1583348638390,
      },
      body: Buffer.from("Hello from Lambda").toString("base64"),
      isBase64Encoded: true,
    };
    expect(read(JSON.stringify(event))).toEqual({
      method: "POST",
      url: "https://id.execute-api.us-east-1.amazonaws.com/my/path?parameter1=value1&parameter1=value2&parameter2=value",
      headers: ["header1: value1", "header2: value1,value2"],
      body: "Hello from Lambda",
      at: 1583348638390,
      form: "an AWS event (version 2.0)",
      notes: [],
    });
  });

  test("an AWS event of version 1.0 with its stage in the path", () => {
    const event = {
      resource: "/my/path",
      path: "/my/path",
      httpMethod: "POST",
      headers: { header1: "value1" },
      multiValueHeaders: { header1: ["value1"], header2: ["value1", "value2"] },
      multiValueQueryStringParameters: { parameter1: ["value1", "value2"] },
      requestContext: {
        path: "/prod/my/path",
        domainName: "id.execute-api.us-east-1.amazonaws.com",
        requestTimeEpoch: 1583349317135,
      },
      body: "Hello from Lambda!",
      isBase64Encoded: false,
    };
    expect(read(JSON.stringify(event))).toMatchObject({
      method: "POST",
      url: "https://id.execute-api.us-east-1.amazonaws.com/prod/my/path?parameter1=value1&parameter1=value2",
      headers: ["header1: value1", "header2: value1", "header2: value2"],
      body: "Hello from Lambda!",
      at: 1583349317135,
    });
  });

  test("a dump of Express whose body was parsed says that its bytes are lost", () => {
    const dump = {
      method: "POST",
      originalUrl: "/api/hooks",
      url: "/hooks",
      protocol: "https",
      hostname: "example.com",
      headers: { a: "b" },
      body: { a: 1 },
    };
    expect(read(JSON.stringify(dump))).toMatchObject({
      url: "https://example.com/api/hooks",
      body: '{"a":1}',
      form: "a dump of Express",
      notes: [expect.stringContaining("bytes are lost")],
    });
    const kept = { ...dump, rawBody: { type: "Buffer", data: [...Buffer.from('{ "a": 1 }')] } };
    expect(read(JSON.stringify(kept))).toMatchObject({ body: '{ "a": 1 }', notes: [] });
  });

  test("headers and body, in each of their spellings", () => {
    const forms = [
      { headers: { "X-A": "1" } },
      { headers: [["X-A", "1"]] },
      { headers: [{ name: "X-A", value: "1" }] },
      { rawHeaders: ["X-A", "1"] },
    ];
    for (const form of forms) {
      expect(read(JSON.stringify({ ...form, bodyBase64: "eyJhIjoxfQ==" }))).toMatchObject({
        headers: ["X-A: 1"],
        body: '{"a":1}',
      });
    }
  });

  test("a body alone is told to be one", () => {
    expect(() => read('{"id":"evt_1"}')).toThrow("--body");
  });
});

describe("what is hostile", () => {
  test("a line break in a header's value makes no header of its own", () => {
    const { headers, notes } = read(
      JSON.stringify({ headers: { a: "b\r\nx-evil: 1", "bad name": "x", ok: "1" }, body: "" }),
    );
    expect(headers).toEqual(["ok: 1"]);
    expect(notes).toEqual(["2 headers that HTTP does not allow were left out."]);
  });

  test.each([
    ["nothing", ""],
    ["blanks", " \r\n\t"],
    ["no request", "hello"],
    ["broken JSON", "{"],
    ["a list", "[]"],
    ["JSON 100,000 levels deep", `{"headers":{},"body":${"[".repeat(100_000)}${"]".repeat(100_000)}}`],
    ["a million header lines", `POST / HTTP/1.1\n${"a: b\n".repeat(1_000_000)}`],
    ["a method that is none", JSON.stringify({ method: "A B", headers: {} })],
    ["a body of 17 MiB", `POST / HTTP/1.1\n\n${"x".repeat(17 * 1_048_576)}`],
    [
      "5,000 headers in JSON",
      JSON.stringify({ headers: Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`h${i}`, "1"])) }),
    ],
  ])("%s is unreadable, and nothing else", (_, text) => {
    expect(() => read(text)).toThrow(Unreadable);
  });
});
