/**
 * The payloads' types against those of the vendors' own packages: what a vendor always sends is required here, what he may
 * leave out is optional, and so for `null`. The compiler is the test: `tsc -b` fails where two differ, and shows both.
 */

import type * as Clerk from "@clerk/backend/webhooks";
import type {
  ClerkEvent,
  DiscordInteraction,
  DiscordWebhookEvent,
  GitHubEvent,
  LinearEntityEvent,
  LinearEvent,
  LinearNotice,
  LineEvent,
  LinePayload,
  NotionEvent,
  PaddleEvent,
  ResendEvent,
  SlackCommand,
  SlackEventCallback,
  SlackNotice,
  SlackPayload,
  SlackTrigger,
  StripeEvent,
  WorkOSEvent,
} from "@countersign/core/providers";
import type { webhook as Line } from "@line/bot-sdk";
import type * as Linear from "@linear/sdk/webhooks";
import type * as Notion from "@notionhq/client";
import type { webhooks as GitHub } from "@octokit/openapi-webhooks-types";
import type { Webhooks as Paddle } from "@paddle/paddle-node-sdk";
import type * as Slack from "@slack/bolt";
import type { EventResponse } from "@workos-inc/node";
import type * as Discord from "discord-api-types/v10";
import type { WebhookEventPayload } from "resend";
import type { Stripe } from "stripe";
import { describe, expectTypeOf, test } from "vitest";

/** The fields that a type names, without its index signature. */
type Named<T> = keyof { [Name in keyof T as string extends Name ? never : Name]: T[Name] };
/** Whether a field is there in every member of a union. */
type Presence<T, Name> = T extends unknown
  ? Name extends keyof T
    ? Record<never, never> extends Pick<T, Name>
      ? "sometimes"
      : "always"
    : "sometimes"
  : never;
type Value<T, Name> = T extends unknown ? (Name extends keyof T ? Exclude<T[Name], undefined> : never) : never;
type Shape<T, Names extends PropertyKey> = {
  [Name in Names]: `${"sometimes" extends Presence<T, Name> ? "sometimes" : "always"}, ${null extends Value<T, Name> ? "or null" : "never null"}`;
};
/** The fields whose value does not fit ours: of text, numbers and the like, as interfaces lack an index signature. */
type Unfit<Ours, Vendor, Names extends PropertyKey> = {
  [Name in Names]: [Value<Vendor, Name>] extends [string | number | boolean | null]
    ? [Value<Vendor, Name>] extends [Value<Ours, Name>]
      ? never
      : Name
    : never;
}[Names];
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/**
 * Both directions: the vendor's values fit our type, and ours promises as much as the vendor does, no more and no less.
 * Where they differ the call lacks arguments, whose names and types say what.
 */
function agree<Ours, Vendor, But extends Named<Ours> = never>(
  ..._: [Unfit<Ours, Vendor, Exclude<Named<Ours>, But>>] extends [never]
    ? Same<Shape<Ours, Exclude<Named<Ours>, But>>, Shape<Vendor, Exclude<Named<Ours>, But>>> extends true
      ? []
      : [ours: Shape<Ours, Exclude<Named<Ours>, But>>, vendor: Shape<Vendor, Exclude<Named<Ours>, But>>]
    : [unfit: Unfit<Ours, Vendor, Exclude<Named<Ours>, But>>]
): void {}

describe("payloads promise what their vendors' own types promise", () => {
  test("the check itself notices what is promised too much, too little, or otherwise", () => {
    interface Vendor {
      id: string;
      at?: number;
      by: string | null;
    }
    agree<
      { readonly id: string; readonly at?: number; readonly by: string | null; [field: string]: unknown },
      Vendor
    >();
    // @ts-expect-error The vendor may leave it out.
    agree<{ at: number }, Vendor>();
    // @ts-expect-error The vendor always sends it.
    agree<{ id?: string }, Vendor>();
    // @ts-expect-error It may be null.
    agree<{ by: string }, Vendor>();
    // @ts-expect-error It is text.
    agree<{ id: number }, Vendor>();
    // @ts-expect-error There is no such field.
    agree<{ nothing: string }, Vendor>();
  });

  test("Stripe", () => {
    agree<StripeEvent, Stripe.Event>();
    agree<StripeEvent["data"], Stripe.Event["data"]>();
  });

  test("GitHub", () => {
    type Body<Name extends keyof GitHub> = GitHub[Name] extends {
      post: { requestBody?: { content: { "application/json": infer Payload } } };
    }
      ? Payload
      : never;
    type Payload = { [Name in keyof GitHub]: Body<Name> }[keyof GitHub];
    agree<GitHubEvent, Payload>();
    agree<NonNullable<GitHubEvent["repository"]>, NonNullable<Value<Payload, "repository">>>();
  });

  test("Paddle, whose type is also that of the API's list, where no notification is meant", () => {
    agree<PaddleEvent, Parameters<typeof Paddle.fromJson>[0], "notification_id">();
  });

  test("WorkOS", () => agree<WorkOSEvent, EventResponse>());

  test("Resend", () => agree<ResendEvent, WebhookEventPayload>());

  test("Clerk", () => agree<ClerkEvent, Clerk.WebhookEvent>());

  test("Notion", () => {
    type Payload =
      | Notion.CommentCreatedWebhookPayload
      | Notion.DatabaseSchemaUpdatedWebhookPayload
      | Notion.DataSourceMovedWebhookPayload
      | Notion.FileUploadUploadFailedWebhookPayload
      | Notion.PageContentUpdatedWebhookPayload
      | Notion.PageDeletedWebhookPayload
      | Notion.PagePropertiesUpdatedWebhookPayload
      | Notion.ViewDeletedWebhookPayload;
    agree<NotionEvent, Payload>();
    agree<NotionEvent["entity"], Payload["entity"]>();
  });

  test("LINE", () => {
    agree<LinePayload, Line.CallbackRequest>();
    agree<LineEvent, Line.EventBase>();
    agree<LineEvent["deliveryContext"], Line.DeliveryContext>();
  });

  test("Linear", () => {
    type Entity =
      | Linear.EntityWebhookPayloadWithIssueData
      | Linear.EntityWebhookPayloadWithCommentData
      | Linear.EntityWebhookPayloadWithReactionData
      | Linear.EntityWebhookPayloadWithUnknownEntityData;
    agree<LinearEntityEvent, Entity, "action">();
    type Other = Exclude<Linear.LinearWebhookPayload, { data: unknown }>;
    agree<LinearNotice, Other, "action" | "data">();
    expectTypeOf<Value<Other, "data">>().toBeNever();
    const event = {} as LinearEvent;
    expectTypeOf(event.data).toEqualTypeOf<LinearEntityEvent["data"] | undefined>();
    if (event.action === "update") expectTypeOf(event).toEqualTypeOf<LinearEntityEvent>();
    // @ts-expect-error There is no such action.
    () => event.action === "updated";
    () => String(event.action) === "one that nobody knows yet";
  });

  test("Discord", () => {
    type Interaction = Exclude<Discord.APIInteraction, Discord.APIPingInteraction>;
    agree<DiscordInteraction, Interaction, "event">();
    type Event = Extract<Discord.APIWebhookEvent, { event: object }>;
    agree<DiscordWebhookEvent, Event>();
    agree<DiscordWebhookEvent["event"], Event["event"], "data">();
  });

  test("Slack", () => {
    agree<SlackEventCallback, Slack.EnvelopedEvent>();
    agree<SlackCommand, Slack.SlashCommand, "type">();
    type Trigger =
      | Slack.BlockAction
      | Slack.InteractiveMessage
      | Slack.GlobalShortcut
      | Slack.MessageShortcut
      | Slack.ViewSubmitAction;
    agree<SlackTrigger, Trigger>();
    agree<SlackNotice, Slack.ViewClosedAction | Slack.BlockSuggestion | Slack.DialogSubmitAction, "trigger_id">();
  });

  test("Slack's kinds are told apart by type, and new ones stay possible", () => {
    const payload = {} as SlackPayload;
    if (payload.type === "event_callback") expectTypeOf(payload).toEqualTypeOf<SlackEventCallback>();
    if (payload.type === "block_actions") expectTypeOf(payload).toEqualTypeOf<SlackTrigger>();
    if (payload.type === undefined) expectTypeOf(payload).toEqualTypeOf<SlackCommand>();
    // @ts-expect-error There is no such kind.
    () => payload.type === "block_action";
    () => String(payload.type) === "one that nobody knows yet";
  });
});
