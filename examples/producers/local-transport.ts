import type { Transport } from "@countersign/sender";

/**
 * Sends what goes to `https://<system>.example.com` to a receiver on this machine: Tailscale and Apono take nothing but
 * https on its usual port, so that their own configuration cannot name a local one.
 */
export function localTransport(origins: Readonly<Record<string, string>>): Transport {
  return {
    async request({ url, method, headers, body, timeout }) {
      const started = performance.now();
      const timings = () => ({ total: performance.now() - started });
      const origin = origins[url.hostname.split(".", 1)[0] as string];
      const pairs = headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1] as string]] : []));
      try {
        const answer = await fetch(new URL(url.pathname, origin), {
          method,
          headers: pairs as [string, string][],
          body: (body ?? null) as Uint8Array<ArrayBuffer> | null,
          signal: AbortSignal.timeout(timeout),
        });
        const text = await answer.text();
        const names = Object.fromEntries(answer.headers);
        return {
          kind: "response",
          status: answer.status,
          headers: names,
          body: text,
          truncated: false,
          timings: timings(),
        };
      } catch {
        const message = "The local receiver did not answer.";
        return { kind: "error", code: "connect_failed", message, timings: timings() };
      }
    },
    close: async () => {},
  };
}
