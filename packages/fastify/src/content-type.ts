import type { FastifyRequest } from "fastify";

/** Where Fastify keeps what it once parsed of the content type: it would not look at a changed header again. */
const DESCRIPTION = "fastify.request.contentType";
let parsed: symbol | null | undefined;

/** Looked for once: asking for the media type makes Fastify keep it, if this version does. */
function findParsed(request: FastifyRequest): symbol | null {
  void request.mediaType;
  return Object.getOwnPropertySymbols(request).find((symbol) => symbol.description === DESCRIPTION) ?? null;
}

/**
 * Changes a request's content type for whoever asks from now on: Fastify's choice of a parser, `request.headers`, also
 * where a hook has replaced them, and `request.mediaType`, also where somebody has asked for it already.
 */
export function setContentType(request: FastifyRequest, value: string | undefined): void {
  const { headers } = request.raw;
  if (value === undefined) delete headers["content-type"];
  else headers["content-type"] = value;
  if (request.headers["content-type"] !== value) request.headers = { ...request.headers, "content-type": value };
  if (parsed === undefined) parsed = findParsed(request);
  if (parsed === null) return;
  const kept = request as unknown as Record<symbol, unknown>;
  if (kept[parsed] !== undefined) kept[parsed] = undefined;
}
