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
