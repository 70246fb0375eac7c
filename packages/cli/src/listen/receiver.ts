import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { digestOf } from "../kept/folder.ts";
import { type Exchanged, ofConnection } from "../network/exchange.ts";
import type { SavedRequest } from "../request/saved.ts";
import { Failure } from "../terminal/failure.ts";
import { count, plain } from "../terminal/text.ts";
import type { Verdict } from "../verdict/judge.ts";
import { arrive, publicUrlOf } from "./arrive.ts";
import { forward } from "./forward.ts";
import { judgeDelivery } from "./judge-delivery.ts";
import type { ListenOptions } from "./options.ts";
import type { Shown } from "./show.ts";
import { Timeline } from "./timeline.ts";

/** What a receiver tells of. */
export interface Told {
  /** A delivery was answered. Its causes are looked for after that. */
  readonly delivery: (shown: Shown) => Promise<void>;
  /** Something of the machine's failed, which changes nothing for the sender. */
  readonly trouble: (sentence: string) => void;
}

/** A receiver that runs. */
export interface Receiver {
  readonly port: number;
  /** Takes no more, lets what is under way end for a second, and closes. */
  close(): Promise<void>;
}

/** More open connections than any provider makes. */
const CONNECTIONS = 64;

/**
 * Starts a receiver that keeps, judges, forwards and answers.
 *
 * @param now milliseconds since the epoch
 * @throws Failure when the port is taken
 */
export async function startReceiver(options: ListenOptions, told: Told, now: () => number): Promise<Receiver> {
  const stop = new AbortController();
  const pending = new Set<Promise<void>>();
  // One after the other: what is shown stands in the order in which it was answered.
  let showing = Promise.resolve();
  const server = createServer({ maxHeaderSize: 65_536, requestTimeout: 30_000 }, (incoming, response) => {
    const work = handle(incoming, response).catch((error: NodeJS.ErrnoException) => {
      const hungUp = incoming.errored !== null || error.code === "ECONNRESET";
      told.trouble(
        hungUp
          ? "A sender hung up before its body was whole: nothing of it was kept."
          : `A delivery failed here: ${plain(error.message, 200)}`,
      );
      incoming.destroy();
    });
    pending.add(work);
    work.finally(() => pending.delete(work));
  });
  server.maxConnections = CONNECTIONS;

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const timeline = new Timeline();
    timeline.mark("head", count(incoming.rawHeaders.length >> 1, "header"));
    const request = await arrive(incoming, now());
    if (request === undefined) {
      told.trouble("A body of more than 16 MiB was refused (413) and not kept.");
      response.writeHead(413, { connection: "close" }).end();
      return;
    }
    const number = kept(() => options.folder?.add(request)) ?? 0;
    timeline.mark("body", count(request.body.length, "byte"));
    const called = { ...request, url: publicUrlOf(request, options.publicUrl) };
    const { verdict, as, fits, causes } = await judgeDelivery(options, called, now());
    timeline.mark("verdict", verdict?.code ?? "not judged", verdict?.ok !== false);
    const forwarded = options.forward === undefined ? undefined : await forward(options.forward, request, stop.signal);
    if (forwarded?.kind === "answer") timeline.mark("handler", `answered ${forwarded.status}`, forwarded.status < 300);
    else if (forwarded !== undefined) timeline.mark("handler", forwarded.message, false);
    const status = answer(response, verdict, forwarded);
    timeline.mark("settled", `answered ${status}`, status < 300);
    if (number > 0) kept(() => options.folder?.note(number, recordOf(request, verdict, status, options.secrets)));
    const show = async () =>
      told.delivery({
        number,
        request,
        called: called.url,
        verdict,
        as,
        fits,
        findings: await causes(),
        status,
        forwarded,
        steps: timeline.steps,
      });
    showing = showing.then(show).catch(() => {});
    await showing;
  }

  let complained = "";
  function kept<Result>(work: () => Result): Result | undefined {
    try {
      return work();
    } catch (error) {
      const { code = "ERR" } = error as NodeJS.ErrnoException;
      if (complained !== code)
        told.trouble(`It could not be kept (${code}): deliveries are shown and forwarded all the same.`);
      complained = code;
      return undefined;
    }
  }

  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(unusable(error, options)));
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close();
      server.closeIdleConnections();
      await Promise.race([Promise.allSettled([...pending]), new Promise((resolve) => setTimeout(resolve, 1_000))]);
      stop.abort();
      server.closeAllConnections();
    },
  };
}

function unusable({ code = "ERR" }: NodeJS.ErrnoException, { host, port }: ListenOptions): Failure {
  if (code === "EADDRINUSE")
    return new Failure("outside", "port_in_use", `Port ${port} is taken.`, "--port 0 takes one that is free.");
  return new Failure(
    "outside",
    "cannot_listen",
    `${host}:${port} cannot be listened on (${code}).`,
    "--host and --port say where.",
  );
}

/** What goes back: what the application answered, else what a verifier would. */
function answer(response: ServerResponse, verdict: Verdict | undefined, forwarded: Exchanged | undefined): number {
  if (forwarded?.kind === "answer") {
    const headers = forwarded.headers.filter(([name]) => !ofConnection(name)).flat();
    response.writeHead(forwarded.status, headers).end(forwarded.body);
    return forwarded.status;
  }
  if (forwarded !== undefined) {
    const status = forwarded.code === "timeout" ? 504 : 502;
    response.writeHead(status).end();
    return status;
  }
  const { status, headers, body } = verdict?.answer ?? { status: 204, headers: {}, body: "" };
  response.writeHead(status, headers).end(body);
  return status;
}

function recordOf(request: SavedRequest, verdict: Verdict | undefined, status: number, secrets: readonly string[]) {
  const matched = verdict?.secret === undefined ? undefined : secrets[verdict.secret - 1];
  return {
    at: new Date(request.at as number).toISOString(),
    ...(verdict === undefined ? {} : { provider: verdict.provider }),
    code: verdict?.code ?? "not_judged",
    ...(verdict?.signedAt === undefined ? {} : { signedAt: verdict.signedAt }),
    ...(verdict?.secret === undefined ? {} : { secret: verdict.secret }),
    ...(matched === undefined ? {} : { secretDigest: digestOf(matched) }),
    status,
  };
}
