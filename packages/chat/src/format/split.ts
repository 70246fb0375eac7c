import type { Field, Message } from "../message/message.ts";
import { clean, oneLine } from "../text/clean.ts";
import { endsInFence } from "../text/fence.ts";
import { type Frame, fit } from "../text/fit.ts";
import { utf16 } from "../text/measure.ts";
import type { Limits, Slot } from "./limits.ts";

/** The most requests that one batch becomes. */
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
  limits: Limits,
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
    if (open.length < limits.maxEvents && fits([...open, message])) {
      open = [...open, message];
      continue;
    }
    close();
    if (fits([message])) open = [message];
    else for (const piece of divide(message, limits, slot, fits, MAX_PARTS - groups.length)) groups.push([piece]);
  }
  close();
  return groups;
}

/** One message that is too large, as several. */
function divide(message: Message, limits: Limits, slot: Slot, fits: Fits, most: number): readonly Message[] {
  const fitsAlone = (part: Partial<Message>) => fits([{ title: "x", ...part }]);
  // What fits beside anything is repeated on every message; what is cut in any case goes on the last one.
  const repeated: Partial<Message> = {};
  const last: Partial<Message> = {};
  for (const key of ["severity", "kind", "subject", "time", "link", "source", "actions", "raw"] as const) {
    const part = message[key] === undefined ? {} : { [key]: message[key] };
    Object.assign(key !== "actions" && key !== "raw" && fitsAlone(part) ? repeated : last, part);
  }

  const fields = Array.isArray(message.fields) ? (message.fields as readonly Field[]) : [];
  const whole: Field[] = [];
  const prose: string[] = [];
  const full = typeof message.title === "string" ? message.title : "Event";
  // The numbering needs room too.
  const title = fitsAlone({ title: `${full} (20/20)` }) ? full : fit(full, SHORT).text;
  if (title !== full) prose.push(full);
  if (typeof message.text === "string") prose.push(message.text);
  // More than all parts together can show is left where it is, and cut.
  let room = MAX_PARTS * slot.limit * 2;
  const left: Field[] = [];
  for (const field of fields.slice(0, MAX_FIELDS)) {
    if (fitsAlone({ fields: [field] })) whole.push(field);
    else if (room <= 0) left.push(field);
    else {
      // A value that does not fit its own place goes into the text, whole.
      const line = `${field.name}:\n${String(field.value)}`;
      room -= line.length;
      prose.push(line);
    }
  }

  const pieces: Partial<Message>[] = parts(limits, slot, prose.join("\n\n"), Math.max(1, most - 1)).map((text) => ({
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

/** A long text as raw parts that each fit a slot uncut; a fence that a part leaves open is opened again in the next. */
function parts(limits: Limits, slot: Slot, raw: string, most: number): string[] {
  // Longer than this can never be shown in `most` parts; what is beyond stays on the last part and is cut there.
  let rest = clean(raw);
  const found: string[] = [];
  while (found.length < most - 1 && rest.length > 0) {
    const fitted = fit(rest, {
      limit: slot.limit,
      measure: limits.measure,
      escape: slot.escape,
      mark: () => "",
      measureRest: () => 1,
    });
    if (fitted.removed === 0 || fitted.taken === 0) break;
    // A part ends at a line or a word where there is one in its last fifth.
    const window = rest.slice(0, fitted.taken);
    const line = window.lastIndexOf("\n");
    const word = window.lastIndexOf(" ");
    const least = fitted.taken * 0.8;
    const end = line > least ? line + 1 : word > least ? word + 1 : fitted.taken;
    const part = rest.slice(0, end);
    found.push(part);
    rest = endsInFence(part) ? `\`\`\`\n${rest.slice(end)}` : rest.slice(end);
  }
  if (rest.trim() !== "") found.push(rest);
  return found;
}
