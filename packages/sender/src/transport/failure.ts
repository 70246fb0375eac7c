import { AddressRefused, LookupFailed } from "./resolve.ts";
import type { AttemptErrorCode } from "./transport.ts";

/** What a client or socket error means. Messages are ours: a library's may quote what the server sent. */
export interface Failure {
  readonly code: AttemptErrorCode;
  readonly message: string;
}

const SENTENCES: Readonly<Partial<Record<AttemptErrorCode, string>>> = {
  out_of_resources: "This machine has no file descriptors, buffers or memory left for a connection",
  dns_failed: "The host name could not be resolved",
  connect_failed: "No connection could be made",
  tls_failed: "The TLS handshake failed or the certificate is not trusted",
  timeout: "The answer was not complete before the deadline",
  connection_lost: "The connection ended before the answer was complete",
  invalid_response: "The answer is not valid HTTP",
};

const OUT_OF_RESOURCES = /^(?:EMFILE|ENFILE|ENOBUFS|ENOMEM|EAI_MEMORY)$/;

/** The first match wins; whatever matches none is a lost connection. */
const ROWS: readonly (readonly [RegExp, AttemptErrorCode])[] = [
  [OUT_OF_RESOURCES, "out_of_resources"],
  [/^(?:ENOTFOUND|EAI_|ENODATA|ESERVFAIL|EREFUSED$|EBADNAME|ENODOMAIN)/, "dns_failed"],
  [/^(?:UND_ERR_(?:CONNECT|HEADERS|BODY)_TIMEOUT|ETIMEDOUT)$/, "timeout"],
  [/^(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EACCES|EHOSTDOWN|ENETDOWN)$/, "connect_failed"],
  [/^(?:HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_|UND_ERR_RESPONSE)/, "invalid_response"],
  [
    /^(?:ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|HOSTNAME_MISMATCH|ERR_OSSL|CRL_|INVALID_CA|PATH_LENGTH|INVALID_PURPOSE)/,
    "tls_failed",
  ],
];

/** Reads a thrown error into one of our codes. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof AddressRefused)
    return failure("address_refused", `Refused by the address guard: ${error.message}.`);
  if (error instanceof LookupFailed) {
    const cause = codeOf(error.cause);
    const meaning = OUT_OF_RESOURCES.test(cause) ? "out_of_resources" : "dns_failed";
    return failure(meaning, sentence(meaning, cause));
  }
  if (isBadAnswer(error)) return failure("invalid_response", sentence("invalid_response", codeOf(error)));
  const code = codeOf(error);
  for (const [pattern, meaning] of ROWS) if (pattern.test(code)) return failure(meaning, sentence(meaning, code));
  return failure("connection_lost", sentence("connection_lost", code));
}

/** Whether the other side closed the connection, rather than that something was wrong with what it said. */
export function wasClosed(error: unknown): boolean {
  return /^(?:UND_ERR_SOCKET|ECONNRESET|EPIPE)$/.test(codeOf(error)) && !isBadAnswer(error);
}

/**
 * What undici's parser refused, whose code may be missing; or an informational answer that nobody asked for, whose code
 * is that of a lost connection.
 */
function isBadAnswer(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === "HTTPParserError" || /^bad (?:response|upgrade)$/.test(error.message);
}

export function failure(code: AttemptErrorCode, message: string): Failure {
  return { code, message };
}

export function sentence(code: AttemptErrorCode, detail = ""): string {
  return `${SENTENCES[code] ?? code}${detail === "" ? "" : ` (${detail})`}.`;
}

function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  const { code, errors, cause } = error as { code?: unknown; errors?: unknown; cause?: unknown };
  // A code is a short word in capitals; anything else might be quoting something.
  if (typeof code === "string" && /^[A-Z0-9_]{1,64}$/.test(code)) return code;
  if (Array.isArray(errors) && errors.length > 0) return codeOf(errors[0]);
  return cause === undefined ? "" : codeOf(cause);
}
