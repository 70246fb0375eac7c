import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it arrived at the socket, unparsed. */
export interface RecordedRequest {
  /** The HTTP verb in capitals, as on the wire: `"POST"`. */
  readonly method: string;
  /** Path and query, as on the request line. */
  readonly url: string;
  /** By lower-case name, as `node:http` gives them. */
  readonly headers: IncomingHttpHeaders;
  /** The bytes that a signature covers. */
  readonly body: Buffer;
}

/** What the receiver is to answer: status, and headers and body where they matter. */
export interface RecordedAnswer {
  /** From 200 to 599; 1xx cannot end a request. */
  readonly status: number;
  /** Beside those of the connection. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** UTF-8 text. Default: empty. */
  readonly body?: string;
}

/** A receiver on the loopback interface that keeps what it gets. */
export interface RecordingReceiver {
  /** `http://127.0.0.1:<port>/hook`; the sender needs `guard: "development"`, or a guard that allows `127.0.0.0/8` and http. */
  readonly url: string;
  /** What has arrived so far, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** Resolves when so many requests have arrived. */
  received(count: number): Promise<void>;
  /** Stops listening and cuts what is still connected. */
  close(): Promise<void>;
}

/** A body beyond this ends the connection. */
const LARGEST = 32 * 1024 * 1024;

/**
 * Starts a receiver for tests.
 *
 * @param answer what to answer, by the request and how many came before it. Default: 204
 *
 * @example
 * ```ts
 * import { createSender } from "@countersign/sender";
 * import { recordingReceiver } from "@countersign/sender/testing";
 *
 * const receiver = await recordingReceiver();
 * const sender = createSender({
 *   guard: "development",
 *   endpoints: [{ name: "here", url: receiver.url }],
 * });
 * await (await sender.send({ type: "greeting", data: "hello" })).outcome();
 * console.log(receiver.requests[0]?.body.toString());
 * await sender.close();
 * await receiver.close();
 * ```
 */
export async function recordingReceiver(
  answer: (request: RecordedRequest, index: number) => RecordedAnswer | Promise<RecordedAnswer> = () => ({
    status: 204,
  }),
): Promise<RecordingReceiver> {
  const requests: RecordedRequest[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const server: Server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of incoming) {
      length += (chunk as Buffer).length;
      if (length > LARGEST) return void incoming.destroy();
      chunks.push(chunk as Buffer);
    }
    const { method = "", url = "", headers } = incoming;
    const request = { method, url, headers, body: Buffer.concat(chunks) };
    requests.push(request);
    for (const one of waiting) if (requests.length >= one.count) one.resolve();
    const { status, headers: own = {}, body = "" } = await answer(request, requests.length - 1);
    outgoing.writeHead(status, own).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    requests,
    received: (count) =>
      requests.length >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve })),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
