import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** One answer as it stood on the wire. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One request, written byte by byte as it is told: also what `fetch` would refuse to send. */
export interface Shot {
  readonly method?: string;
  readonly path?: string;
  readonly version?: "1.0" | "1.1";
  /** A list, so that one name can stand twice. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: Uint8Array | string;
  /** How the body's end is told; default by Content-Length. A number is a Content-Length that may be a lie. */
  readonly framing?: "length" | "chunked" | "none" | number;
}

export type HeaderLines = readonly (readonly [name: string, value: string])[];

export function headerLines(headers: Readonly<Record<string, string>>): HeaderLines {
  return Object.entries(headers);
}

export function renderHead(shot: Shot): string {
  const { method = "POST", path = "/hook", version = "1.1", framing = "length" } = shot;
  const body = bytes(shot.body ?? "");
  const lines = [`${method} ${path} HTTP/${version}`, "host: example.com"];
  for (const [name, value] of shot.headers ?? []) lines.push(`${name}: ${value}`);
  if (framing === "chunked") lines.push("transfer-encoding: chunked");
  else if (typeof framing === "number") lines.push(`content-length: ${framing}`);
  else if (framing === "length" && shot.body !== undefined) lines.push(`content-length: ${body.length}`);
  return `${lines.join("\r\n")}\r\n\r\n`;
}

export function render(shot: Shot): Buffer {
  const body = bytes(shot.body ?? "");
  const framed = shot.framing === "chunked" ? chunked(body) : body;
  return Buffer.concat([Buffer.from(renderHead(shot), "latin1"), framed]);
}

/** Several small chunks, an extension on one of them, and the last. */
export function chunked(body: Uint8Array): Buffer {
  const parts: Buffer[] = [];
  const size = Math.max(1, Math.ceil(body.length / 3));
  for (let at = 0; at < body.length; at += size) {
    const part = body.subarray(at, at + size);
    parts.push(Buffer.from(`${part.length.toString(16)}${at === 0 ? ";a=b" : ""}\r\n`), Buffer.from(part), CRLF);
  }
  return Buffer.concat([...parts, Buffer.from("0\r\n\r\n")]);
}
const CRLF = Buffer.from("\r\n");

function bytes(body: Uint8Array | string): Uint8Array {
  return typeof body === "string" ? Buffer.from(body) : body;
}

/** A client's end of one connection. */
export class Wire {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  /** How many `100 Continue` came. */
  continues = 0;
  private received: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  private ended = false;
  private wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.once("close", () => resolve()));
    socket.on("data", (chunk) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.wake();
    });
    const end = () => {
      this.ended = true;
      this.wake();
    };
    socket.on("end", end);
    socket.on("close", end);
    // A server that closes early resets the connection; what it said before is what tests ask for.
    socket.on("error", () => {});
  }

  static async open(port: number): Promise<Wire> {
    const socket = connect(port, "127.0.0.1");
    socket.setNoDelay(true);
    await once(socket, "connect");
    return new Wire(socket);
  }

  /** Resolves when the bytes are gone, or the connection is. */
  write(data: Uint8Array | string): Promise<void> {
    return new Promise((resolve) => {
      if (this.socket.destroyed || !this.socket.writable) resolve();
      else this.socket.write(data, () => resolve());
    });
  }

  /** True when something has come that no `reply()` has taken. */
  get pending(): boolean {
    return this.received.length > 0;
  }

  /** The next final answer; throws when the connection ends without one. */
  async reply(method = "POST"): Promise<Reply> {
    for (;;) {
      const found = readReply(this.received, method, this.ended);
      if (found !== undefined) {
        this.received = this.received.subarray(found.end);
        if (found.reply.status !== 100) return found.reply;
        this.continues++;
        continue;
      }
      if (this.ended) throw new Error(`The connection ended without an answer, after ${this.received.length} bytes.`);
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  destroy(): void {
    this.socket.destroy();
  }
}

function readReply(data: Buffer, method: string, ended: boolean): { reply: Reply; end: number } | undefined {
  const headEnd = data.indexOf("\r\n\r\n");
  if (headEnd === -1) return undefined;
  const [first = "", ...lines] = data.toString("latin1", 0, headEnd).split("\r\n");
  const status = Number(first.split(" ")[1]);
  const headers: Record<string, string> = Object.create(null);
  for (const line of lines) {
    const colon = line.indexOf(":");
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const start = headEnd + 4;
  const done = (body: string, end: number) => ({ reply: { status, headers, body }, end });
  if (status < 200 || status === 204 || status === 304 || method === "HEAD") return done("", start);
  if (headers["transfer-encoding"] === "chunked") {
    let body = "";
    for (let at = start; ; ) {
      const line = data.indexOf("\r\n", at);
      if (line === -1) return undefined;
      const size = Number.parseInt(data.toString("latin1", at, line), 16);
      if (data.length < line + 2 + size + 2) return undefined;
      if (size === 0) return done(body, line + 4);
      body += data.toString("utf8", line + 2, line + 2 + size);
      at = line + 2 + size + 2;
    }
  }
  if (headers["content-length"] !== undefined) {
    const end = start + Number(headers["content-length"]);
    return data.length < end ? undefined : done(data.toString("utf8", start, end), end);
  }
  return ended ? done(data.toString("utf8", start), data.length) : undefined;
}

/** One request on a connection of its own. */
export async function shoot(port: number, shot: Shot): Promise<Reply> {
  const wire = await Wire.open(port);
  try {
    await wire.write(render(shot));
    return await wire.reply(shot.method);
  } finally {
    wire.destroy();
  }
}
