/** What went wrong with an attempt. Codes are stable. */
export type AttemptErrorCode =
  /** The address guard refused the host, or an address that it resolves to. Never retried. */
  | "address_refused"
  /** The host name has no address, or the look-up failed. */
  | "dns_failed"
  /** No connection: refused or unreachable. */
  | "connect_failed"
  /** This machine has no file descriptor, buffer or memory left. Never an attempt, nor the receiver's failure. */
  | "out_of_resources"
  /** The certificate or the handshake is not acceptable. */
  | "tls_failed"
  /** The one deadline, from the look-up to the last byte, has passed. */
  | "timeout"
  /** The connection ended before the answer did. */
  | "connection_lost"
  /** What came back is not HTTP, or its head is too large. */
  | "invalid_response"
  /** The answer points elsewhere; redirects are never followed. */
  | "redirected"
  /** The status is not success. */
  | "http_status"
  /** The status is success, but the destination's own rules say otherwise. */
  | "rejected"
  /** The body could not be made from the event. Never retried. */
  | "body_failed"
  /** The request could not be signed. Never retried. */
  | "signing_failed"
  /** A signer outside of this process failed, or took longer than the endpoint's timeout. */
  | "signer_unavailable";

/** TLS of one endpoint, read and checked. */
export interface TlsSettings {
  /** Certificate authorities, PEM, instead of the well-known ones. */
  readonly ca?: string | readonly string[];
  /** Client certificate chain, PEM. */
  readonly cert?: string;
  /** Private key of the client certificate, PEM. */
  readonly key?: string;
  /** Opens a private key that is encrypted. */
  readonly passphrase?: string;
  /** The host that the certificate must be for, when it is not the URL's. */
  readonly servername?: string;
  /** `false` only by the visible switch `allowInvalidCertificates`. */
  readonly rejectUnauthorized: boolean;
}

/** One request, signed and ready to go. */
export interface TransportRequest {
  /** Where to; the guard has seen it, the addresses of its host not yet. */
  readonly url: URL;
  /** The HTTP verb in capitals, as on the wire: `"POST"`. */
  readonly method: string;
  /** Name, value, name, value … in the order in which they are written, the signature's last. */
  readonly headers: readonly string[];
  /** The very bytes that were signed; `undefined` for GET. */
  readonly body: Uint8Array | undefined;
  /** Milliseconds from now to the last byte of the answer. */
  readonly timeout: number;
  /** Most decoded bytes of the answer that are kept; the connection is cut beyond. */
  readonly responseLimit: number;
  /**
   * Whether the body of a 2xx decides, so that one which does not arrive whole is no answer. Otherwise the status counts
   * as soon as the head is in, whatever becomes of the body.
   * @default false
   */
  readonly wholeBody?: boolean;
  /** As the endpoint defines it; `undefined`: the system's trust. */
  readonly tls: TlsSettings | undefined;
  /** How long a connection may lie idle before it is used again, in milliseconds. Default: 4 s, or what the server says. */
  readonly maxIdle?: number;
  /**
   * Whether the request must not be made a second time when its connection is closed before any byte of an answer.
   * @default false
   */
  readonly atMostOnce?: boolean;
}

/** Milliseconds since the attempt began. */
export interface Timings {
  /** When a connection was ready and the request began to be written: look-up, connect and TLS. */
  readonly connected?: number;
  /** When status line and headers of the answer had arrived. */
  readonly answered?: number;
  /** When the attempt ended, well or not. */
  readonly total: number;
}

/** How a request ended. A transport resolves with it and never rejects. */
export type TransportResult =
  | {
      readonly kind: "response";
      /** The final one; 1xx are passed over. */
      readonly status: number;
      /** Lower-case names; a repeated header is joined with `, `. */
      readonly headers: Readonly<Record<string, string>>;
      /** Decoded from its content encoding and from UTF-8, cut at `responseLimit` bytes. */
      readonly body: string;
      /** The body was cut at the limit, did not arrive whole, or could not be decoded. */
      readonly truncated: boolean;
      /** The first connection was closed before any byte of an answer: the request was made twice. */
      readonly resent?: boolean;
      /** How long it took, in milliseconds. */
      readonly timings: Timings;
    }
  | {
      readonly kind: "error";
      /** A word that stays the same between versions: compare this, not the message. */
      readonly code: AttemptErrorCode;
      /** A sentence for a person; it quotes nothing that the server sent. */
      readonly message: string;
      /** How long it took, in milliseconds. */
      readonly timings: Timings;
      /** The first connection was closed before any byte of an answer: the request was made twice. */
      readonly resent?: boolean;
    };

/** Something that can make one HTTP request. `httpTransport` is the real one; tests may pass another. */
export interface Transport {
  /** Makes the request once, and resolves with how it ended. */
  request(request: TransportRequest): Promise<TransportResult>;
  /** Ends idle connections and, after that, everything still open. */
  close(): Promise<void>;
}
