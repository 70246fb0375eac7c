import { EXAMPLES } from "../tokens/examples.ts";
import { NOW, REQUESTS } from "../tokens/requests.ts";

/** A request with a token as JSON, for another runtime: the provider by its name, or the options of `jws`. */
export interface TokenCase {
  readonly name: string;
  readonly from: string;
  readonly options?: object;
  readonly secret: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Milliseconds at which the verifier's clock stands. */
  readonly now: number;
  /** What one more byte in the body comes to. */
  readonly forged: string;
}

/** The examples of the standards, and a request of each vendor. */
export const tokenCases: readonly TokenCase[] = [
  ...EXAMPLES.map(({ name, alg, key, header, payload, signature, b64 }) => ({
    name,
    from: "jws",
    options: { header: "x-jws", algorithms: [alg], ...(b64 === undefined ? {} : { b64 }) },
    secret: key,
    url: "/",
    headers: { "x-jws": `${header}..${signature}` },
    body: payload,
    now: NOW,
    forged: "signature_mismatch",
  })),
  ...Object.entries(REQUESTS).map(([name, { from, options, secret, url = "/", headers, body, covers }]) => ({
    name,
    from,
    ...(options === undefined ? {} : { options }),
    secret,
    url,
    headers,
    body,
    now: NOW,
    forged: covers ? "signature_mismatch" : "verified",
  })),
];
