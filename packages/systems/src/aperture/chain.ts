import type { WebhookEvent } from "@countersign/core/event";
import type { Sender } from "@countersign/sender";
import type { ApertureData, ApertureField, ApertureHookConfig } from "./config.ts";

/** What the hooks decided about a request. */
export type ApertureDecision =
  | {
      readonly action: "allow";
      /** Set when a hook changed it: send this one to the model instead. */
      readonly request_body?: unknown;
      /** Hooks that failed, and were passed over because of `fail_open`. */
      readonly failed: readonly string[];
    }
  | {
      readonly action: "block";
      /** What to answer the caller, from 400 to 599. @default 403 */
      readonly status_code: number;
      /** What to tell the caller, in the hook's own words. */
      readonly message?: string;
      /** Who said so, by the key in the settings: to tell an operator whom to ask. */
      readonly hook: string;
      /** Hooks that failed, and were passed over because of `fail_open`. */
      readonly failed: readonly string[];
    };

/** Asks the hooks. The sender is any with `call`. */
export type ApertureChain = (sender: Pick<Sender, "call">, request: ApertureData) => Promise<ApertureDecision>;

/** What one hook said. */
type HookDecision =
  | { readonly action: "allow" }
  | { readonly action: "block"; readonly status: number; readonly message?: string }
  | { readonly action: "modify"; readonly body: unknown }
  | { readonly action: "failed" };

/** The hooks in descending `preference`, ties by name; a block ends the chain, a change feeds the next one. */
export function createChain(
  hooks: ReadonlyMap<string, ApertureHookConfig>,
  selecting: (hook: string, event: WebhookEvent) => ReadonlySet<ApertureField> | undefined,
): ApertureChain {
  const order = [...hooks].filter(([, hook]) => !hook.disabled);
  order.sort(([a, one], [b, other]) => (other.preference ?? 0) - (one.preference ?? 0) || (a < b ? -1 : 1));

  return async function preRequest(sender, request) {
    const failed: string[] = [];
    let data = request;
    let changed = false;
    for (const [name, hook] of order) {
      const event = { type: "pre_request", data };
      const selected = selecting(name, event);
      if (selected === undefined) continue;
      const decision = await ask(sender, name, event, selected.has("request_body"));
      if (decision.action === "block") {
        const { status, message } = decision;
        return {
          action: "block",
          status_code: status,
          ...(message === undefined ? {} : { message }),
          hook: name,
          failed,
        };
      }
      if (decision.action === "modify") {
        data = { ...data, request_body: decision.body };
        changed = true;
      }
      if (decision.action !== "failed") continue;
      failed.push(name);
      if (hook.fail_policy === "fail_closed") return { action: "block", status_code: 503, hook: name, failed };
    }
    return { action: "allow", ...(changed ? { request_body: data.request_body } : {}), failed };
  };
}

async function ask(
  sender: Parameters<ApertureChain>[0],
  name: string,
  event: WebhookEvent,
  mayModify: boolean,
): Promise<HookDecision> {
  const { response, ruling } = await sender.call(name, event);
  if (response === undefined || ruling.kind !== "success") return { action: "failed" };
  return readDecision(response.body, mayModify);
}

/** The whole answer or none of it: what is not understood is a failed hook, never an "allow". */
function readDecision(text: string, mayModify: boolean): HookDecision {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { action: "failed" };
  }
  if (typeof value !== "object" || value === null) return { action: "failed" };
  const { action, status_code: status = 403, message, request_body: body } = value as Record<string, unknown>;
  if (action === "allow") return { action };
  if (action === "block") {
    const valid = typeof status === "number" && Number.isInteger(status) && status >= 400 && status <= 599;
    return { action, status: valid ? status : 403, ...(typeof message === "string" ? { message } : {}) };
  }
  // A change is only for a hook that was shown the body, and it replaces the whole of it.
  if (action === "modify" && mayModify && typeof body === "object" && body !== null) return { action, body };
  return { action: "failed" };
}
