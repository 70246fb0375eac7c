import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { gzipSync } from "node:zlib";

/** A server that writes what a script tells it, byte for byte, once it has seen a request's head. */
export interface HostileServer {
  readonly url: string;
  /** Requests whose head has arrived. */
  readonly heads: readonly string[];
  /** Their bodies. */
  readonly bodies: readonly string[];
  /** Bytes that were written on all connections. */
  written(): number;
  /** Connections that carried a request and are still there. (undici connects anew after an abort, without a request.) */
  open(): number;
  close(): Promise<void>;
}

export type Script = (socket: Socket, index: number) => void | Promise<void>;

export async function hostileServer(script: Script): Promise<HostileServer> {
  const heads: string[] = [];
  const bodies: string[] = [];
  const sockets = new Set<Socket>();
  const serving = new Set<Socket>();
  let gone = 0;
  const server: Server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => {
      sockets.delete(socket);
      serving.delete(socket);
      gone += socket.bytesWritten;
    });
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      const end = text.indexOf("\r\n\r\n");
      if (end === -1) return;
      const head = text.slice(0, end);
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (text.length < end + 4 + length) return;
      bodies.push(text.slice(end + 4));
      text = "";
      heads.push(head);
      serving.add(socket);
      void script(socket, heads.length - 1);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    heads,
    bodies,
    written: () => gone + [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, 0),
    open: () => serving.size,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A plain answer. */
export function answer(status: number, headers: Record<string, string> = {}, body = ""): string {
  const lines = Object.entries({ ...headers, "content-length": String(Buffer.byteLength(body)) });
  return `HTTP/1.1 ${status} X\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`;
}

/** Writes without end until the other side hangs up or a limit is reached. */
export async function flood(socket: Socket, chunk: Buffer, most: number): Promise<void> {
  for (let sent = 0; sent < most && !socket.destroyed; sent += chunk.length) {
    if (!socket.write(chunk)) {
      await new Promise((resolve) => {
        socket.once("drain", resolve);
        socket.once("close", resolve);
      });
    }
  }
}

/** 50 MB of zeros in 48 KB of gzip. */
export const bomb = () => gzipSync(Buffer.alloc(50 * 1024 * 1024), { level: 9 });
