/** DESIGN's "Rooms" as data: who may import whom, between packages and between the rooms of one. */
export interface House {
  /** The packages of ours that it may import. */
  readonly uses: readonly string[];
  /** What else it needs at run time. A framework is a peer, and the application's own. */
  readonly needs?: readonly string[];
  readonly peers?: readonly string[];
  /** What is bundled into what is published, so that nobody installs it. */
  readonly bundled?: readonly string[];
  /**
   * Rooms from the lowest floor up: a folder under `src`, or a file at its root. A room uses itself and what is on a
   * floor below it, never a neighbour.
   */
  readonly floors?: readonly (readonly string[])[];
  /** The only files that may import `node:…`; unsaid where the package is for Node. */
  readonly node?: readonly string[];
  /** What stands at the root of `src`; everything else has a folder. Unsaid where there are no folders. */
  readonly root?: readonly string[];
  /** `room → room` against the floors, each with the reason for which it is still there. */
  readonly exceptions?: Readonly<Record<string, string>>;
}

/** Packages that do not exist yet have no floors. */
export const houses: Readonly<Record<string, House>> = {
  core: {
    uses: [],
    floors: [
      ["lib"],
      ["errors", "head", "event", "diagnostics"],
      ["time"],
      ["scheme"],
      ["crypto"],
      ["body"],
      ["secret", "replay"],
      ["kind", "sign", "keys"],
      ["providers", "receive"],
      ["http"],
      ["verifier.ts"],
      ["adapter.ts", "testing", "guardrail.ts", "explain"],
      ["index.ts"],
    ],
    node: ["crypto/node.ts", "crypto/asymmetric-node.ts", "diagnostics/node.ts"],
    root: ["index.ts", "verifier.ts", "guardrail.ts", "adapter.ts"],
  },
  chat: {
    uses: ["core"],
    floors: [
      ["message", "text"],
      ["render"],
      ["format"],
      ["slack", "discord", "mattermost", "google-chat"],
      ["chat.ts", "preview"],
      ["index.ts"],
    ],
    node: [],
    root: ["index.ts", "chat.ts"],
  },
  express: {
    uses: ["core"],
    peers: ["express", "@types/express-serve-static-core"],
    floors: [["types.ts"], ["webhook.ts", "guardrail.ts"], ["index.ts"]],
  },
  fastify: {
    uses: ["core"],
    needs: ["fastify-plugin"],
    peers: ["fastify"],
    floors: [
      ["types.ts", "params.ts", "body.ts", "near-miss.ts"],
      ["protect.ts", "request.ts"],
      ["earlier.ts"],
      ["webhook-route.ts", "webhooks.ts", "guardrail.ts"],
      ["index.ts"],
    ],
  },
  hono: {
    uses: ["core"],
    peers: ["hono"],
    floors: [["types.ts", "buffered.ts"], ["webhook.ts", "guardrail.ts"], ["index.ts"]],
    node: [],
  },
  tokens: {
    uses: ["core"],
    needs: ["jose"],
    floors: [["compact", "der", "source"], ["key"], ["jwt", "jws", "x5c", "sns"], ["providers"], ["index.ts"]],
    node: ["x5c/certificates.ts"],
    root: ["index.ts"],
  },
  "http-signatures": {
    uses: ["core"],
    needs: ["structured-headers"],
    floors: [
      ["field", "platform"],
      ["component", "digest", "key"],
      ["candidate"],
      ["coverage"],
      ["signature"],
      ["message", "scheme"],
      ["profiles"],
      ["index.ts"],
    ],
    node: ["platform/node.ts"],
    root: ["index.ts"],
  },
  sender: {
    uses: ["core"],
    needs: ["undici", "liquidjs", "ipaddr.js"],
    floors: [
      ["lib", "event", "secret", "time"],
      ["transport"],
      ["body", "pace", "outbox"],
      ["endpoint", "hooks.ts"],
      ["lane"],
      ["sender.ts"],
      ["testing"],
      ["index.ts"],
    ],
    root: ["index.ts", "sender.ts", "hooks.ts"],
  },
  systems: {
    uses: ["core", "sender"],
    needs: ["yaml", "smol-toml", "@humanwhocodes/momoa"],
    floors: [["document"], ["tailscale", "stalwart", "aperture", "tappass", "apono"], ["index.ts"]],
    root: ["index.ts"],
  },
  outbox: {
    uses: ["core", "sender"],
    peers: ["bullmq", "libsql", "pg", "pg-boss", "postgres"],
    floors: [["rows"], ["inbox", "drain", "engine"], ["sqlite", "postgres", "pg-boss", "bullmq"], ["index.ts"]],
    root: ["index.ts"],
  },
  otel: {
    uses: ["core", "sender"],
    peers: ["@opentelemetry/api"],
    floors: [["convention", "channel"], ["sender", "outbox", "receiver"], ["telemetry.ts"], ["index.ts"]],
    root: ["index.ts", "telemetry.ts"],
  },
  cli: {
    uses: ["core", "chat", "tokens", "http-signatures", "sender", "systems", "outbox", "otel"],
    needs: ["@clack/prompts"],
    peers: ["@modelcontextprotocol/server", "libsql", "pg", "redis"],
    bundled: ["preact"],
    floors: [
      ["terminal"],
      ["command-line"],
      ["network", "provider", "secret"],
      ["request"],
      ["verdict", "system", "kept"],
      ["listen", "attack", "outbox"],
      ["page"],
      ["browser", "inspect"],
      ["doctor", "mcp"],
      ["commands"],
      ["bin.ts", "preload.ts"],
    ],
    root: ["bin.ts", "preload.ts"],
  },
};
