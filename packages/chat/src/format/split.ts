import type { Field, Message } from "../message/message.ts";
import { oneLine } from "../text/clean.ts";
import { type Frame, fit } from "../text/fit.ts";
import { utf16 } from "../text/measure.ts";
import { type PlatformRow, parts, type Slot } from "./writer.ts";

/** The most requests that one delivery becomes. */
const MAX_PARTS = 20;
/** Fields past this stay on the last message and are cut there: a hostile event may hold millions. */
const MAX_FIELDS = 500;

const SHORT: Frame = { limit: 80, measure: utf16, escape: (text) => text, shape: oneLine };

/** Whether these messages fit one request uncut. */
type Fits = (group: readonly Message[]) => boolean;

/**
 * Groups messages so that each group fits one request uncut. Events that fit together stay together; one that does
 * not fit alone becomes several messages, first its text, then its fields. What a platform cannot show at all, and
 * what is left after twenty requests, stays on the last group and is cut there.
 */
export function split(
  messages: readonly Message[],
  row: PlatformRow,
  slot: Slot,
  fits: Fits,
): readonly (readonly Message[])[] {
  const groups: (readonly Message[])[] = [];
  let open: readonly Message[] = [];
  const close = () => {
    if (open.length > 0) groups.push(open);
    open = [];
  };
  for (const [index, message] of messages.entries()) {
    if (groups.length + (open.length > 0 ? 1 : 0) >= MAX_PARTS) {
      const last = open.length > 0 ? open : (groups.pop() ?? []);
      open = [...last, ...messages.slice(index)];
      break;
    }
    if (open.length < row.maxEvents && fits([...open, message])) {
      open = [...open, message];
      continue;
    }
    close();
    if (fits([message])) open = [message];
    else for (const piece of divide(message, row, slot, fits, MAX_PARTS - groups.length)) groups.push([piece]);
  }
  close();
  return groups;
}

/** One message that is too large, as several. */
function divide(message: Message, row: PlatformRow, slot: Slot, fits: Fits, most: number): readonly Message[] {
  const fits1 = (part: Partial<Message>) => fits([{ title: "x", ...part }]);
  // What can stand beside anything is repeated on every message, what is cut in any case stands on the last one.
  const repeated: Partial<Message> = {};
  const last: Partial<Message> = {};
  for (const key of ["severity", "time", "link", "source", "actions"] as const) {
    const part = message[key] === undefined ? {} : { [key]: message[key] };
    Object.assign(key !== "actions" && fits1(part) ? repeated : last, part);
  }

  const fields = Array.isArray(message.fields) ? (message.fields as readonly Field[]) : [];
  const whole: Field[] = [];
  const told: string[] = [];
  const given = typeof message.title === "string" ? message.title : "Event";
  // The numbering needs room too.
  const title = fits1({ title: `${given} (20/20)` }) ? given : fit(given, SHORT).text;
  if (title !== given) told.push(given);
  if (typeof message.text === "string") told.push(message.text);
  // More than all parts together can show is left where it is, and cut.
  let room = MAX_PARTS * slot.limit * 2;
  const left: Field[] = [];
  for (const field of fields.slice(0, MAX_FIELDS)) {
    if (fits1({ fields: [field] })) whole.push(field);
    else if (room <= 0) left.push(field);
    else {
      // A value that does not fit its own place is told in the text, whole.
      const line = `${field.name}:\n${String(field.value)}`;
      room -= line.length;
      told.push(line);
    }
  }

  const pieces: Partial<Message>[] = parts(row, slot, told.join("\n\n"), Math.max(1, most - 1)).map((text) => ({
    text,
  }));
  let facts: Field[] = [];
  for (const field of whole) {
    if (facts.length > 0 && !fits([{ ...repeated, title, fields: [...facts, field] }])) {
      pieces.push({ fields: facts });
      facts = [];
    }
    facts.push(field);
  }
  facts = facts.concat(left, fields.slice(MAX_FIELDS));
  if (facts.length > 0 || pieces.length === 0) pieces.push({ fields: facts });

  const shown = pieces.slice(0, most);
  const beyond = pieces.slice(most).flatMap((piece) => piece.fields ?? []);
  return shown.map((piece, index) => ({
    ...repeated,
    ...piece,
    title: shown.length === 1 ? title : `${title} (${index + 1}/${shown.length})`,
    ...(index === shown.length - 1
      ? { ...last, ...(beyond.length > 0 ? { fields: [...(piece.fields ?? []), ...beyond] } : {}) }
      : {}),
  })) as readonly Message[];
}
