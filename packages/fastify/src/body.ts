import type { FastifyRequest } from "fastify";

/** The headers by which Fastify decides whether a request has a body to parse, and by which parser. */
const TELLING = ["content-type", "content-length", "transfer-encoding"] as const;

const HIDDEN = Symbol("countersign.hidden");
type Hiding = FastifyRequest & { [HIDDEN]?: Hidden | undefined };
interface Hidden {
  readonly raw: Readonly<Record<string, unknown>>;
  /** What a hook has put in the place of the headers, if one has. */
  readonly own: FastifyRequest["headers"] | undefined;
}

/** Shows a request to Fastify as one without a body, so that no parser, whichever the application has, is run on it. */
export function hideBody(request: FastifyRequest): void {
  const { headers } = request.raw;
  const { headers: shown } = request;
  const raw: Record<string, unknown> = {};
  for (const name of TELLING) {
    if (headers[name] === undefined) continue;
    raw[name] = headers[name];
    (headers as Record<string, unknown>)[name] = undefined;
  }
  (request as Hiding)[HIDDEN] = { raw, own: shown === headers ? undefined : shown };
  if (shown === headers) return;
  const without: Record<string, unknown> = { ...shown };
  for (const name of TELLING) without[name] = undefined;
  request.headers = without as FastifyRequest["headers"];
}

/** Undoes it, for every hook and handler that comes after the parser. */
export function showBody(request: FastifyRequest): void {
  const hidden = (request as Hiding)[HIDDEN];
  if (hidden === undefined || hidden === null) return;
  (request as Hiding)[HIDDEN] = undefined;
  Object.assign(request.raw.headers, hidden.raw);
  if (hidden.own !== undefined) request.headers = hidden.own;
}
