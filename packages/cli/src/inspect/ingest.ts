import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { isVisit, type Visit } from "./visit.ts";

/** Where inspected processes tell of their requests. */
export interface Ingest {
  /** With the token in it: for the environment of the application. */
  readonly url: string;
  close(): void;
}

/** A body of 16 MiB in base64, and its head. */
const LARGEST = 24 * 1_048_576;

/** Listens on loopback for whoever has the token, which no page of a browser can send. */
export async function startIngest(tell: (visit: Visit) => void): Promise<Ingest> {
  const token = randomBytes(32).toString("base64url");
  const expected = Buffer.from(`Bearer ${token}`);
  const server = createServer((incoming, response) => {
    const given = Buffer.from(incoming.headers.authorization ?? "");
    const right = given.length === expected.length && timingSafeEqual(given, expected);
    if (incoming.method !== "POST" || incoming.headers.origin !== undefined || !right) {
      response.writeHead(403, { connection: "close" }).end();
      return;
    }
    read(incoming)
      .then((visit) => {
        tell(visit);
        response.writeHead(204).end();
      })
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/#${token}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function read(incoming: IncomingMessage): Promise<Visit> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > LARGEST) throw new Error("too much");
    chunks.push(chunk);
  }
  const value: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  if (!isVisit(value)) throw new Error("no request");
  return value;
}
