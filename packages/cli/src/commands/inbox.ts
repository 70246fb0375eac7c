import type { DurableInbox, InboxLetter } from "@countersign/outbox";
import type { EndpointStats } from "@countersign/sender";
import type { Context, Outcome } from "../command-line/command.ts";
import { type Action, act } from "../outbox/act.ts";
import { lettersOf } from "../outbox/letters.ts";
import { openInbox } from "../outbox/open.ts";
import { statsAsJson, statsLines } from "../outbox/stats.ts";
import { watchStats } from "../outbox/watch.ts";
import { Failure } from "../terminal/failure.ts";
import { bodyLines, count, plain } from "../terminal/text.ts";

/** Looks into a durable inbox, and puts back or erases what its handlers could not handle. */
export function run(context: Context): Promise<Outcome> {
  return act("inbox", ACTIONS, openInbox, context);
}

const ACTIONS: Readonly<Record<string, Action<DurableInbox>>> = { stats, list, show, redrive, drop, watch };

function statsOf(inbox: DurableInbox, { given }: Context): Promise<readonly EndpointStats[]> {
  const route = given.text("route");
  return inbox.stats(route === undefined ? undefined : [route]);
}

async function stats(inbox: DurableInbox, context: Context): Promise<Outcome> {
  const all = await statsOf(inbox, context);
  return { ok: true, json: all.map(statsAsJson), lines: statsLines(all, "Route") };
}

function watch(inbox: DurableInbox, context: Context): Promise<Outcome> {
  return watchStats(() => statsOf(inbox, context), context, "Route");
}

async function list(inbox: DurableInbox, { given, output }: Context): Promise<Outcome> {
  const letters = await lettersOf(inbox, given.text("route"));
  const { bold, dim, red } = output.paint;
  return {
    ok: true,
    json: letters.map(letterAsJson),
    lines:
      letters.length === 0
        ? ["No dead letters."]
        : letters.map(({ id, route, delivery, attempts, burial }) => {
            const how = dim(`${count(delivery.body.length, "byte")}, ${count(attempts, "attempt")}`);
            return `${bold(plain(id))}  ${plain(route)}  ${delivery.provider}  ${how}  ${red(plain(burial.reason))}: ${plain(burial.message, 200)}`;
          }),
  };
}

async function show(inbox: DurableInbox, _: Context, [name]: readonly string[]): Promise<Outcome> {
  const letter = (await lettersOf(inbox)).find(({ id }) => id === name);
  if (letter === undefined)
    throw new Failure(
      "input",
      "no_item",
      "There is no such dead letter.",
      "countersign inbox list names those that are there.",
    );
  const { delivery, history } = letter;
  return {
    ok: true,
    json: {
      ...letterAsJson(letter),
      headers: delivery.headers,
      body: Buffer.from(delivery.body).toString("base64"),
      tried: history,
    },
    lines: [
      ...Object.entries(delivery.headers).map(([header, value]) => `${plain(header)}: ${plain(value)}`),
      "",
      ...bodyLines(delivery.body),
      "",
      ...history.map(({ number, message, error }) => `attempt ${number}: ${plain(message ?? error ?? "", 300)}`),
    ],
  };
}

async function redrive(inbox: DurableInbox, { given }: Context, items: readonly string[]): Promise<Outcome> {
  const all = given.on("all");
  if (all === items.length > 0)
    throw new Failure(
      "usage",
      "all_or_some",
      "Which dead letters?",
      "Their names, or --all, with --route NAME for those of one.",
    );
  const chosen = all ? (await lettersOf(inbox, given.text("route"))).map(({ id }) => id) : items;
  const moved = chosen.length === 0 ? 0 : await inbox.redrive(chosen);
  return {
    ok: moved === chosen.length,
    json: { moved },
    lines: [`${count(moved, "dead letter")} of ${chosen.length} put back.`],
  };
}

async function drop(inbox: DurableInbox, _: Context, items: readonly string[]): Promise<Outcome> {
  if (items.length === 0)
    throw new Failure("usage", "item_missing", "Which deliveries?", "countersign inbox list names them.");
  const dropped = await inbox.erase(items);
  const lines = [`${count(dropped, "delivery", "deliveries")} of ${items.length} erased, bytes and all.`];
  return { ok: dropped === items.length, json: { dropped }, lines };
}

function letterAsJson({ id, route, delivery, attempts, burial }: InboxLetter) {
  const { reason, message, at } = burial;
  return {
    item: id,
    route,
    provider: delivery.provider,
    ...(delivery.id === undefined ? {} : { delivery: delivery.id }),
    bytes: delivery.body.length,
    attempts,
    burial: { reason, message, at: new Date(at).toISOString() },
  };
}
