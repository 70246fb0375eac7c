import type { FastifyRequest } from "fastify";

/** Where Fastify keeps what it once parsed of the content type: it would not look at a changed header again. */
const DESCRIPTION = "fastify.request.contentType";
let parsed: symbol | undefined;

/**
 * Changes a request's content type for whoever asks from now on: Fastify's choice of a parser, `request.headers`, also
 * where a hook has replaced them, and `request.mediaType`, also where somebody has asked for it already.
 */
export function setContentType(request: FastifyRequest, value: string | undefined): void {
  const { headers } = request.raw;
  if (value === undefined) delete headers["content-type"];
  else headers["content-type"] = value;
  if (request.headers["content-type"] !== value) request.headers = { ...request.headers, "content-type": value };
  parsed ??= Object.getOwnPropertySymbols(request).find((symbol) => symbol.description === DESCRIPTION);
  if (parsed !== undefined) (request as unknown as Record<symbol, unknown>)[parsed] = undefined;
}
