import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { startReceiver } from "../listen/receiver.ts";
import { type Exchanged, exchange } from "../network/exchange.ts";
import type { Header, SavedRequest } from "../request/saved.ts";
import { headerOf } from "../request/saved.ts";
import { Failure } from "../terminal/failure.ts";
import { type Checked, ok } from "./finding.ts";

/** A body that somebody on the way may change, and who does that. */
interface Probe {
  readonly name: string;
  readonly body: Uint8Array;
  readonly headers: readonly Header[];
  readonly changedBy: string;
}

const JSON_TYPE: Header = ["Content-Type", "application/json"];

const PROBES: readonly Probe[] = [
  {
    name: "spaces and 1.0 in JSON",
    body: Buffer.from('{ "b" : 1.0, "a": [ ] }\n'),
    headers: [JSON_TYPE],
    changedBy: "A parser that writes JSON again",
  },
  {
    name: "escapes and large numbers",
    body: Buffer.from('{"a":"\\u00e9\\/","n":12345678901234567890}'),
    headers: [JSON_TYPE],
    changedBy: "A parser that writes JSON again",
  },
  {
    name: "carriage returns",
    body: Buffer.from('{"a":"b"}\r\n\r\n'),
    headers: [JSON_TYPE],
    changedBy: "Something that takes lines for text",
  },
  {
    name: "a form",
    body: Buffer.from("payload=%7B%22a%22%3A1%7D&b=+%2a~"),
    headers: [["Content-Type", "application/x-www-form-urlencoded"]],
    changedBy: "A parser that writes forms again",
  },
  {
    name: "bytes that are no text",
    body: Buffer.from([0, 255, 254, 128, 13, 10]),
    headers: [["Content-Type", "application/octet-stream"]],
    changedBy: "Something that decodes bytes to text",
  },
  {
    name: "gzip",
    body: gzipSync('{"a":"b"}'),
    headers: [JSON_TYPE, ["Content-Encoding", "gzip"]],
    changedBy: "A proxy that inflates",
  },
  {
    name: "a megabyte",
    body: Buffer.alloc(1_000_000, "x"),
    headers: [["Content-Type", "text/plain"]],
    changedBy: "A limit on the way",
  },
];

const HEADERS: readonly Header[] = [
  ["Stripe-Signature", "t=1,v1=00"],
  ["X-Hub-Signature-256", "sha256=00"],
  ["Webhook-Signature", "v1,AA=="],
  ["Authorization", "Bearer probe"],
];

/** What a way is asked with. */
export interface WayOptions {
  /** The public URL, behind which `port` of this machine is. */
  readonly through: URL;
  readonly host: string;
  readonly port: number;
  readonly timeout: number;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/**
 * Receives here what is sent to the public URL, and compares: bodies byte for byte, the headers that carry signatures,
 * host and scheme.
 *
 * @throws Failure when the port is taken
 */
export async function checkWay(options: WayOptions): Promise<readonly Checked[]> {
  const { through, host, port, timeout, now, signal } = options;
  const arrived = new Map<string, SavedRequest>();
  const listening = {
    host,
    port,
    provider: undefined,
    secrets: [],
    given: [],
    forward: undefined,
    publicUrl: undefined,
    folder: undefined,
  };
  const receiver = await startReceiver(
    listening,
    {
      delivery: async ({ request }) =>
        void arrived.set(headerOf(request.headers, "x-countersign-probe") ?? "", request),
      trouble: () => {},
    },
    now,
  );
  const checks: Checked[] = [];
  try {
    for (const probe of PROBES) {
      const id = randomBytes(9).toString("hex");
      const headers: Header[] = [...probe.headers, ...HEADERS, ["X-Countersign-Probe", id]];
      const came = await exchange({ method: "POST", url: through, headers, body: probe.body }, { timeout, signal });
      const request = arrived.get(id);
      if (request === undefined && checks.length === 0) throw away(through, port, came);
      checks.push(compare(probe, request, came));
      if (checks.length === 1 && request !== undefined) checks.push(...compareHead(request, through));
    }
  } finally {
    await receiver.close();
  }
  return checks;
}

function away({ origin }: URL, port: number, came: Exchanged): Failure {
  const said = came.kind === "answer" ? `it answered ${came.status}` : came.message;
  return new Failure(
    "outside",
    "not_arrived",
    `What was sent to ${origin} did not arrive at port ${port} here: ${said}`,
    "Does the tunnel or the proxy lead to this port? --port says which.",
  );
}

function compare({ name, body, changedBy }: Probe, request: SavedRequest | undefined, came: Exchanged): Checked {
  const check = `body: ${name}`;
  if (request === undefined) {
    const said = came.kind === "answer" ? `${came.status}` : came.message;
    return {
      name: check,
      state: "wrong",
      says: `it did not arrive (${said})`,
      mend: `${changedBy} may be in front: look at its limits.`,
    };
  }
  if (Buffer.from(body).equals(request.body)) return ok(check, "arrives byte for byte");
  return {
    name: check,
    state: "wrong",
    says: `${body.length} bytes were sent, and ${request.body.length} others arrived`,
    mend: `${changedBy} is in front: no signature over such a body can match behind it.`,
  };
}

function compareHead({ headers, url }: SavedRequest, through: URL): Checked[] {
  const lost = HEADERS.filter(([name, value]) => headerOf(headers, name.toLowerCase()) !== value).map(([name]) => name);
  const host = headerOf(headers, "x-forwarded-host") ?? headerOf(headers, "host");
  const path = `${through.pathname}${through.search}`;
  return [
    lost.length === 0
      ? ok("headers", "those that carry signatures arrive as they were")
      : {
          name: "headers",
          state: "wrong",
          says: `${lost.join(", ")} did not arrive as sent`,
          mend: "Let the proxy pass them on.",
        },
    host === through.host && url === path
      ? ok("url", `host and path arrive as they are called: ${through.host}${path}`)
      : {
          name: "url",
          state: "warn",
          says: `${through.host}${path} is called, and ${host}${url} arrives`,
          mend: `For providers that sign the URL, give the verifier publicUrl: "${through.origin}" or exactUrl.`,
        },
  ];
}
