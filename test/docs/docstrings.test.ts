import { describe, expect, it } from "vitest";
import { type PublicName, publicSurface } from "./surface.ts";
import { saysSomething } from "./wording.ts";

/**
 * How many public names of a part may be without a docstring. A number here only ever goes down: who documents a part
 * lowers it in the same commit. A part is the longest of these paths that a file is under.
 */
const MISSING_ALLOWED = {
  "packages/chat": 0,
  "packages/core": 0,
  "packages/core/src/providers": 0,
  "packages/express": 0,
  "packages/fastify": 0,
  "packages/hono": 0,
  "packages/http-signatures": 0,
  "packages/otel": 0,
  "packages/outbox": 0,
  "packages/sender": 0,
  "packages/systems": 0,
  "packages/tokens": 0,
};

const PARTS = Object.keys(MISSING_ALLOWED).sort((a, b) => b.length - a.length) as (keyof typeof MISSING_ALLOWED)[];
const surface = publicSurface();
const partOf = ({ file }: PublicName) => PARTS.find((part) => file.startsWith(`${part}/`));

describe("every public export, and every member that it leads to, has a docstring that says more than its name", () => {
  it.each(Object.entries(MISSING_ALLOWED))("%s: %i may be missing", (part, allowed) => {
    const missing = surface
      .filter((name) => partOf(name) === part && !saysSomething(name.name, name.docstring))
      .map(({ file, line, path, docstring }) => `${file}:${line} ${path}${docstring && ` says only "${docstring}"`}`);
    const list = `\n${missing.join("\n")}\n`;
    expect(
      missing.length,
      `${missing.length} are missing in ${part}, ${allowed} are allowed:${list}`,
    ).toBeLessThanOrEqual(allowed);
    if (missing.length < allowed) console.warn(`${part}: ${missing.length} are missing; lower the ${allowed}.`);
  });

  it("of a part that is listed above", () => {
    expect(surface.filter((name) => partOf(name) === undefined)).toEqual([]);
  });
});

describe("the count sees", () => {
  const paths = new Set(surface.map(({ path }) => path));

  it.each([
    ["an exported function", "createVerifier"],
    ["an exported constant", "stripe"],
    ["a type", "TailscaleEventType"],
    ["a member of an interface", "VerifierOptions.tolerance"],
    ["a member of an object inside a member", "StripeEvent.data.previous_attributes"],
    ["a member of a class", "WebhookError.code"],
    ["an option in a parameter", "block.message"],
    ["what a package adds to its framework", "FastifyRequest.webhook"],
    ["an export of another subpath", "redisReplayStore"],
  ])("%s: %s", (_, path) => expect(paths).toContain(path));

  it("no private member", () => {
    expect([...paths].filter((path) => path.includes("#"))).toEqual([]);
  });
});

describe("a docstring says something", () => {
  it.each([
    ["team_id", "The workspace that it happened in: `T…`."],
    ["created", "Seconds since the epoch."],
    ["limit", "@default 1048576"],
    ["docs", "See {@link Provider}."],
    ["retries", "How long the vendor keeps sending one event."],
  ])("%s: %s", (identifier, docstring) => expect(saysSomething(identifier, docstring)).toBe(true));

  it.each([
    ["event", ""],
    ["event", "An event."],
    ["BoxEvent", "The event of Box."],
    ["retryPolicy", "The policy for retries."],
    ["requestId", "The ID of the request."],
    ["headers", "The headers object that is used."],
    ["send", "Sends.\n@example\nconst sender = createSender({ endpoints: [] });"],
  ])("but not %s: %s", (identifier, docstring) => expect(saysSomething(identifier, docstring)).toBe(false));
});
