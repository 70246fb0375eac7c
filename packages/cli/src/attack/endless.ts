import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Target } from "./target.ts";

/** How a receiver met a request that never should have been waited for. */
export interface Met {
  /** The status that it answered, if any. */
  readonly status: number | undefined;
  /** It answered, or closed the connection, in time. */
  readonly ended: boolean;
  /** Bytes of the body that it took before that. */
  readonly taken: number;
}

/** An unsigned head that says how long its body is, and as much of the body as is taken; then silence. */
export function sendEndless(target: Target, length: number, send: number, patience: number): Promise<Met> {
  const { url, lookup } = target;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve) => {
    const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
    const socket: Socket =
      url.protocol === "https:"
        ? connectTls({ host, port, lookup, servername: url.hostname })
        : connect({ host, port, lookup });
    let said = "";
    let left = send;
    const chunk = Buffer.alloc(65_536, 0x20);
    const end = (ended: boolean) => {
      clearTimeout(timer);
      const [, status] = /^HTTP\/1\.[01] (\d{3})/.exec(said) ?? [];
      resolve({
        status: status === undefined ? undefined : Number(status),
        ended,
        taken: send - left - socket.writableLength,
      });
      socket.destroy();
    };
    const timer = setTimeout(() => end(false), patience);
    const pump = () => {
      while (left > 0) {
        const part = chunk.subarray(0, Math.min(left, chunk.length));
        left -= part.length;
        if (!socket.write(part)) return;
      }
    };
    socket.on("drain", pump);
    socket.on(url.protocol === "https:" ? "secureConnect" : "connect", () => {
      const head = [
        `POST ${url.pathname}${url.search} HTTP/1.1`,
        `Host: ${url.host}`,
        "Content-Type: application/json",
        `Content-Length: ${length}`,
        "",
        "",
      ];
      socket.write(head.join("\r\n"));
      pump();
    });
    socket.on("data", (data) => {
      said += data.toString("latin1").slice(0, 100);
      if (/^HTTP\/1\.[01] [2-5]\d\d/.test(said)) end(true);
    });
    socket.on("error", () => end(true));
    socket.on("close", () => end(true));
  });
}
