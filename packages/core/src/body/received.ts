/** The bytes of a body that a caller has in hand; `undefined` for anything that is not exactly what came. */
export function receivedBytes(body: unknown): Uint8Array | undefined {
  if (body instanceof Uint8Array && body.buffer instanceof ArrayBuffer) return body;
  if (typeof body === "string") return encoder.encode(body);
  // By what they are, not by whose they are: test runners and sandboxes have an ArrayBuffer of their own.
  if (ArrayBuffer.isView(body)) return owned(body.buffer, body.byteOffset, body.byteLength);
  const kind = kindOf(body);
  return kind === "ArrayBuffer" || kind === "SharedArrayBuffer" ? owned(body as ArrayBuffer) : undefined;
}

/** A view; of a copy where another thread could still write, because WebCrypto and the decoders refuse such memory. */
function owned(buffer: ArrayBufferLike, offset = 0, length = buffer.byteLength): Uint8Array {
  const bytes = new Uint8Array(buffer, offset, length);
  return kindOf(buffer) === "SharedArrayBuffer" ? bytes.slice() : bytes;
}

function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

const encoder = new TextEncoder();

/** Why a body cannot be verified, and what to give instead. */
export function describeNotReceived(body: unknown): string {
  if (body === undefined || body === null) {
    return `verify() was given ${body} as the body. Give the bytes exactly as they came, such as new Uint8Array(await request.arrayBuffer()); for a request without a body, an empty string.`;
  }
  const { getReader, pipe, arrayBuffer } = body as Readonly<Record<string, unknown>>;
  if ([getReader, pipe, arrayBuffer].some((method) => typeof method === "function")) {
    return "verify() was given a stream or a request as the body. Read its bytes first, or hand the whole request to verifyRequest() (Fetch) or verifyIncoming() (node:http).";
  }
  return "verify() was given a body that was parsed already, and no JSON.stringify() writes the bytes that were signed. Give the bytes exactly as they came: await request.arrayBuffer(), express.raw(), or what express.json({ verify: keepRawBody }) keeps in request.rawBody.";
}
