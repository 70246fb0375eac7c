import type { IncomingMessage, ServerResponse } from "node:http";
import { type OwnBody, Refused, resend, signOwn } from "./actions.ts";
import { chatViews } from "./chat.ts";
import { COPIES } from "./copies.ts";
import type { Entry } from "./entry.ts";
import type { PageOptions } from "./options.ts";
import { outboxView } from "./outbox.ts";
import type { Ring } from "./ring.ts";
import { detailOf } from "./views.ts";

/** What a route works with. */
export interface Visit {
  readonly options: PageOptions;
  readonly ring: Ring;
  /** What stands behind the route's name: `["17", "curl"]`. */
  readonly rest: readonly string[];
  /** The body's members, for a POST. */
  readonly asked: Readonly<Record<string, unknown>>;
  /** Ended with the page. */
  readonly signal: AbortSignal;
}

type Route = (visit: Visit) => unknown;

/** What the page asks for, by method and first name behind `/api/`. Each gives back JSON, and throws {@link Refused}. */
export const ROUTES: Readonly<Record<string, Route>> = {
  "GET delivery": (visit) => detailOf(idOf(visit), entryOf(visit)),
  "GET copy": (visit) => {
    const copy = Object.hasOwn(COPIES, visit.rest[1] ?? "") ? COPIES[visit.rest[1] as string] : undefined;
    if (copy === undefined) throw new Refused("There is no such copy.");
    return { text: copy(entryOf(visit)) };
  },
  "GET chat": (visit) => chatViews(entryOf(visit)),
  "GET outbox": ({ options }) => outboxView(outboxOf(options)),
  "POST redrive": async ({ options, asked }) => outboxOf(options).redrive({ items: [textOf(asked, "item")] }),
  "POST resend": (visit) => resend(entryOf(visit), textOf(visit.asked, "how"), visit.options, visit.signal),
  "POST sign": ({ asked, options, signal }) => {
    const own: OwnBody = {
      provider: textOf(asked, "provider"),
      path: textOf(asked, "path"),
      body: textOf(asked, "body"),
    };
    return signOwn(own, asked.send === true, options, signal);
  },
};

function idOf({ rest, asked }: Visit): number {
  const given = rest[0] ?? asked.id;
  const id = Number(given);
  if (!Number.isSafeInteger(id)) throw new Refused("That is no delivery.");
  return id;
}

function entryOf(visit: Visit): Entry {
  const entry = visit.ring.get(idOf(visit));
  if (entry === undefined) throw new Refused("That delivery is not kept in memory any more.");
  return entry;
}

function outboxOf({ outbox }: PageOptions) {
  if (outbox === undefined) throw new Refused("No outbox was given: --sqlite FILE or --postgres-env NAME.");
  return outbox;
}

function textOf(asked: Visit["asked"], name: string): string {
  const value = asked[name];
  if (typeof value === "string") return value;
  throw new Refused(`"${name}" is missing.`);
}

/** More than any body that is typed by hand. */
const LARGEST = 4 * 1_048_576;

/** The members of a JSON body. @throws Refused */
export async function readAsked(incoming: IncomingMessage): Promise<Visit["asked"]> {
  if (!/^application\/json(;|$)/.test(incoming.headers["content-type"] ?? "")) throw new Refused("JSON is expected.");
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > LARGEST) throw new Refused("That is too much.");
    chunks.push(chunk);
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Visit["asked"];
  } catch {
    // Told below.
  }
  throw new Refused("JSON is expected.");
}

export function answerJson(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "application/json" }).end(text);
}
