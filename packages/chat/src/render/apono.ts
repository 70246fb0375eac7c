import { type Table, table } from "@countersign/core/checks";
import type { WebhookEvent } from "@countersign/core/event";
import type { Message } from "../message/message.ts";
import type { MessageSeverity } from "../message/severity.ts";
import { asTime } from "../message/time.ts";
import { facts, isObject, type Json, list, object, text, words } from "./read.ts";
import { titled } from "./title.ts";

/** By what is left of `AccessRequestCreated` or `RequestCreated`. https://docs.apono.io/docs/webhook-integrations/custom-webhooks */
const STATES: Table<readonly [title: string, severity: MessageSeverity]> = table({
  Created: ["Access requested", "info"],
  Approved: ["Access approved", "ok"],
  Rejected: ["Access rejected", "warn"],
  Granted: ["Access granted", "ok"],
  Expired: ["Access expired", "info"],
  Failed: ["Access request failed", "error"],
});

/**
 * An Apono access request, in the shape that its template documentation gives: who wants what, why, until when.
 *
 * @example
 * ```ts
 * import { renderApono } from "@countersign/chat";
 *
 * renderApono({ event_type: "AccessRequestCreated", data: { friendly_id: "AR-123" } }).title; // "Access requested: AR-123"
 * ```
 */
export function renderApono(event: unknown): Message {
  const { event_type, event_time, data } = object(event);
  const type = text(event_type);
  const row = STATES[type.replace(/^(Access)?Request/, "")];
  const request = object(data);
  const id = text(request.friendly_id) || text(request.id);
  const { name, email } = object(request.requester);
  const who = text(name) || text(email);
  const time = instant(event_time);
  return {
    ...titled(row?.[0] ?? (words(type) || "Access request"), who || id),
    severity: row?.[1] ?? "info",
    fields: facts([
      ["Requested by", person(request.requester)],
      ["For", person(request.grantee)],
      ["Access flow", text(object(request.access_flow).name)],
      ["Bundle", text(object(request.access_bundle).name)],
      ["Resources", groups(request.access_groups)],
      ["Justification", text(request.justification)],
      ["Requested", instant(request.creation_date)],
      ["Until", instant(request.revocation_date)],
      ...custom(request.custom_fields),
      ["Request", id],
    ]),
    ...(time === undefined ? {} : { time }),
    source: "Apono",
  };
}

/** Apono writes seconds with nine decimals, as a number or as text. */
function instant(value: unknown): Date | undefined {
  const written = text(value);
  return /^\d{1,12}(\.\d{1,9})?$/.test(written) ? asTime(Math.floor(Number(written) * 1000)) : undefined;
}

/** `User (user@example.com)`, or as much of it as there is. */
function person(value: unknown): string {
  const { name, email, id } = object(value);
  const [who, mail] = [text(name) || text(id), text(email)];
  return who === "" || mail === "" ? who || mail : `${who} (${mail})`;
}

function groups(value: unknown): string {
  return list(value)
    .slice(0, 10)
    .map((group) => {
      const integration = object(object(group).integration);
      const [name, type] = [text(integration.name), text(integration.type)];
      return name === "" || type === "" ? name || type : `${name} (${type})`;
    })
    .filter((part) => part !== "")
    .join(", ");
}

function custom(value: unknown): (readonly [string, string])[] {
  return Object.entries<unknown>(object(value) as Json)
    .slice(0, 10)
    .map(([name, answer]) => [words(name), text(answer)] as const);
}

export const aponoRow = {
  owns: ({ data }: WebhookEvent): boolean => {
    if (!isObject(data) || typeof data.event_type !== "string") return false;
    const request = object(data.data);
    return "friendly_id" in request || "requester" in request || /^AccessRequest[A-Z]/.test(data.event_type);
  },
  render: ({ data }: WebhookEvent): readonly Message[] => [renderApono(data)],
};
