import { decodeText } from "../body/text.ts";
import { fromBase64 } from "../lib/bytes.ts";
import { headerOf, headersOf, PUBLIC, signed, signsWhole, withUrls } from "./as-url.ts";
import type { Attempt, Hypothesis } from "./attempt.ts";
import type { Finding } from "./finding.ts";
import { PATHS } from "./url-paths.ts";
import { isInternal, parseUrl, printable, type UrlText } from "./url-text.ts";

const PORTS = ["", ":443", ":80"];
/** Headers in which proxies tell which host was called before they changed it. */
const HOSTS = ["x-forwarded-host", "x-original-host", "x-forwarded-server", "x-host", "host"];

const swap = (protocol: string) => (protocol.toLowerCase() === "https://" ? "http://" : "https://");
const swapped = ({ protocol }: UrlText) => (protocol === "" ? [""] : [protocol, swap(protocol)]);

/** What the request line was on the provider's side: origin, path and query, method. */
export const REQUESTS: readonly Hypothesis[] = [
  {
    code: "url_scheme",
    sentence: "The provider called another scheme: https where this request shows http, or the reverse.",
    mend: `A proxy ends TLS in front of this server. ${PUBLIC}`,
    tell: signed,
    changes: withUrls(({ protocol }) =>
      protocol === "" ? [] : [swap(protocol), "wss://", "ws://"].map((other) => ({ protocol: other })),
    ),
  },
  {
    code: "url_credentials",
    sentence: "The URL that was signed has a user and a password in it, which came here as a header.",
    mend: "Give the verifier the URL as the provider's settings have it, exactUrl, from a secret store.",
    changes: withUrls(({ authority, protocol }, attempt) => {
      const basic = /^basic\s+(\S+)$/i.exec(headerOf(attempt, "authorization") ?? "")?.[1];
      const user =
        basic === undefined ? undefined : decodeText(fromBase64(basic.replace(/=+$/, "")) ?? new Uint8Array(0));
      if (user === undefined || user === "" || authority === "" || authority.includes("@")) return [];
      return [protocol, swap(protocol)].map((other) => ({ protocol: other, authority: `${user}@${authority}` }));
    }),
  },
  {
    code: "url_port",
    sentence: "The port in the URL is not the one that was signed: one of the two leaves it out.",
    mend: PUBLIC,
    tell: signed,
    changes: withUrls((url, attempt) => {
      const host = url.authority.replace(/:\d+$/, "");
      if (host === "") return [];
      const told = headersOf(attempt, ["x-forwarded-port"]).map((port) => `:${port}`);
      return swapped(url).flatMap((protocol) =>
        [...PORTS, ...told].map((port) => ({ protocol, authority: host + port })),
      );
    }),
  },
  {
    code: "url_host",
    sentence: "The provider called another host, which a proxy told in a forwarding header.",
    mend: PUBLIC,
    tell: signed,
    changes: withUrls((url, attempt) => {
      const forwarded = /(?:^|[;,\s])host="?([^";,\s]+)/i.exec(headerOf(attempt, "forwarded") ?? "")?.[1];
      const told = headersOf(attempt, HOSTS);
      const own = url.authority.replace(/:\d+$/, "").toLowerCase();
      const other = own === "" ? [] : [own.startsWith("www.") ? own.slice(4) : `www.${own}`, own];
      const hosts = [forwarded, ...told, ...other];
      // Where only the path is known, a scheme that signs the whole URL needs one of these.
      const whole = url.protocol === "" ? ["https://", "http://"] : swapped(url);
      if (url.protocol === "" && !signsWhole(attempt)) return [];
      return hosts.flatMap((authority) =>
        authority === undefined || authority === "" || authority === url.authority
          ? []
          : whole.map((protocol) => ({ protocol, authority })),
      );
    }),
  },
  ...PATHS,
  {
    code: "method",
    sentence: "The signed method is another one than that of this request.",
    mend: "Give the method as it was sent, in upper case.",
    changes: ({ scheme, method: own }) =>
      scheme.content.some((part) => typeof part !== "string" && part.part === "method")
        ? ["POST", "PUT", "GET", "PATCH", "DELETE", "post"]
            .filter((method) => method !== own)
            .map((method) => ({ method }))
        : [],
  },
];

/** What the URL looks like where none was proven: one that only this side can call, or no URL at all. */
export function seeUrl(attempt: Attempt): readonly Finding[] {
  const url = signsWhole(attempt) ? parseUrl(attempt.url) : undefined;
  if (url === undefined || (url.authority !== "" && !isInternal(url))) return [];
  const sentence = `The provider signs the URL that it called, and cannot have called ${printable(attempt.url) || "one that is empty"}.`;
  return [{ code: "url_host", sentence, mend: PUBLIC }];
}
