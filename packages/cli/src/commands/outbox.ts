import type { EndpointStats, Outbox } from "@countersign/sender";
import type { Context, Outcome } from "../command-line/command.ts";
import { type Action, act } from "../outbox/act.ts";
import { drain } from "../outbox/drain.ts";
import { itemAsJson, itemLine, itemLines, itemNamed, itemsOf } from "../outbox/items.ts";
import { openOutbox } from "../outbox/open.ts";
import { statsAsJson, statsLines } from "../outbox/stats.ts";
import { watchStats } from "../outbox/watch.ts";
import { Failure } from "../terminal/failure.ts";
import { count } from "../terminal/text.ts";

/** Looks into a durable outbox, and puts back or forgets what was given up. */
export function run(context: Context): Promise<Outcome> {
  return act("outbox", ACTIONS, openOutbox, context);
}

const ACTIONS: Readonly<Record<string, Action<Outbox<any>>>> = { stats, list, show, redrive, drop, drain, watch };

function statsOf(outbox: Outbox<any>, { given }: Context): Promise<readonly EndpointStats[]> {
  const endpoint = given.text("endpoint");
  return outbox.stats(endpoint === undefined ? undefined : [endpoint]);
}

async function stats(outbox: Outbox<any>, context: Context): Promise<Outcome> {
  const all = await statsOf(outbox, context);
  return { ok: true, json: all.map(statsAsJson), lines: statsLines(all) };
}

async function list(outbox: Outbox<any>, { given, output }: Context): Promise<Outcome> {
  const state = given.on("waiting") ? "waiting" : "dead";
  const limit = readLimit(given.text("limit") ?? "50");
  const items = await itemsOf(outbox, state, limit, given.text("endpoint"));
  return {
    ok: true,
    json: items.map(itemAsJson),
    lines:
      items.length === 0
        ? [state === "dead" ? "No dead letters." : "Nothing waits."]
        : items.map((item) => itemLine(item, output.paint)),
  };
}

async function show(outbox: Outbox<any>, { output }: Context, [name]: readonly string[]): Promise<Outcome> {
  if (name === undefined)
    throw new Failure("usage", "item_missing", "Which item?", "countersign outbox list names them.");
  const item = await itemNamed(outbox, name);
  if (item === undefined)
    throw new Failure(
      "input",
      "no_item",
      "There is no such item: it has arrived, or was dropped.",
      "countersign outbox list names those that are there.",
    );
  return {
    ok: true,
    json: { ...itemAsJson(item), event: item.event, tried: await outbox.attempts(item.id) },
    lines: await itemLines(outbox, item, output.paint),
  };
}

async function redrive(outbox: Outbox<any>, { given }: Context, items: readonly string[]): Promise<Outcome> {
  const all = given.on("all");
  const endpoint = given.text("endpoint");
  if (all === items.length > 0)
    throw new Failure(
      "usage",
      "all_or_some",
      "Which dead letters?",
      "Their names, or --all, with --endpoint NAME for those of one.",
    );
  let moved = 0;
  if (all) {
    // Only those that were dead at the beginning: what dies again meanwhile would go round for ever.
    let before: string | undefined;
    for (;;) {
      const answer = await outbox.redrive({
        limit: 500,
        ...(endpoint === undefined ? {} : { endpoint }),
        ...(before === undefined ? {} : { before }),
      });
      moved += answer.moved;
      before = answer.before;
      if (!answer.more) break;
    }
  } else moved = (await outbox.redrive({ items })).moved;
  return {
    ok: all || moved === items.length,
    json: { moved },
    lines: [
      `${count(moved, "dead letter")} put back${all || moved === items.length ? "." : `, of ${items.length}: the others are none.`}`,
    ],
  };
}

async function drop(outbox: Outbox<any>, _: Context, items: readonly string[]): Promise<Outcome> {
  if (items.length === 0)
    throw new Failure("usage", "item_missing", "Which items?", "countersign outbox list names them.");
  const dropped = await outbox.cancel(items);
  return {
    ok: dropped === items.length,
    json: { dropped },
    lines: [`${count(dropped, "item")} of ${items.length} forgotten for good.`],
  };
}

function watch(outbox: Outbox<any>, context: Context): Promise<Outcome> {
  return watchStats(() => statsOf(outbox, context), context);
}

function readLimit(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new Failure("usage", "invalid_limit", "--limit takes a whole number from 1 to 999999.");
}
