import { type ChatFormat, discord, googleChat, mattermost, slack } from "@countersign/chat";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkDiscord } from "./checks/discord.ts";
import { checkGoogleChat } from "./checks/google-chat.ts";
import { checkMattermost } from "./checks/mattermost.ts";
import { checkSlack } from "./checks/slack.ts";
import { event, messages } from "./corpus.ts";
import { context, PATIENCE, platforms } from "./platforms.ts";
import { tailscaleEvents } from "./tailscale-events.ts";

const runs = { numRuns: 40 };

describe.each(platforms)("every payload of the corpus is valid on $name", ({ make, check }) => {
  test(
    "messages, cut",
    () => {
      const format = make();
      fc.assert(
        fc.property(messages, (given) => {
          expect(check(JSON.stringify(format(given)))).toEqual([]);
        }),
        runs,
      );
    },
    PATIENCE,
  );

  test(
    "messages, split",
    () => {
      const format = make({ overflow: "split" });
      fc.assert(
        fc.property(messages, (given) => {
          const payloads = format.payloads(given);
          expect(payloads.length).toBeLessThanOrEqual(20);
          for (const { payload } of payloads) expect(check(JSON.stringify(payload))).toEqual([]);
        }),
        { numRuns: 12 },
      );
    },
    PATIENCE,
  );

  test(
    "events of the five systems and any JSON",
    () => {
      const format = make();
      fc.assert(
        fc.property(fc.array(event, { minLength: 1, maxLength: 3 }), (events) => {
          for (const { body } of format.messages(events, context)) expect(check(body)).toEqual([]);
        }),
        runs,
      );
    },
    PATIENCE,
  );

  test("documented Tailscale events, one by one and all together", () => {
    const format = make();
    const all = [
      ...tailscaleEvents.map((data) => [{ type: "tailscale", data }]),
      [{ type: "tailscale", data: tailscaleEvents }],
    ];
    for (const events of all) for (const { body } of format.messages(events, context)) expect(check(body)).toEqual([]);
  });
});

describe("the checkers see what is wrong", () => {
  const message = { title: "Node created", text: "text", fields: [{ name: "a", value: "b" }] };
  const spoilt = (format: ChatFormat<object>, change: (payload: never) => void) => {
    const payload = structuredClone(format(message));
    change(payload as never);
    return JSON.stringify(payload);
  };
  test("in Slack", () => {
    expect(
      checkSlack(
        spoilt(slack(), (payload: { link_names: boolean }) => {
          payload.link_names = true;
        }),
      ),
    ).toEqual(["payload has link_names"]);
    expect(
      checkSlack(
        spoilt(slack(), ({ blocks: [header] }: { blocks: { text: { text: string } }[] }) => {
          if (header !== undefined) header.text.text = "x".repeat(151);
        }),
      ),
    ).toEqual(["a text of 151, limit 150"]);
    expect(
      checkSlack(
        spoilt(slack(), ({ blocks: [, rich] }: { blocks: { elements: object[] }[] }) => {
          rich?.elements.push({ type: "rich_text_section", elements: [{ type: "broadcast", range: "here" }] });
        }),
      ),
    ).toEqual(["broadcast has type", "broadcast has range", "broadcast in rich_text_section"]);
  });
  test("in Discord", () => {
    expect(
      checkDiscord(
        spoilt(discord(), (payload: { allowed_mentions: object }) => {
          payload.allowed_mentions = {};
        }),
      ),
    ).toEqual(["mentions are allowed"]);
    expect(
      checkDiscord(
        spoilt(discord(), (payload: { embeds: { fields: { value: string }[] }[] }) => {
          for (const { fields } of payload.embeds) for (const one of fields) one.value = " ";
        }),
      ),
    ).toEqual(["value is empty"]);
  });
  test("in Mattermost", () => {
    expect(
      checkMattermost(
        spoilt(mattermost(), (payload: { attachments: { color: string }[] }) => {
          for (const one of payload.attachments) one.color = "red";
        }),
      ),
    ).toEqual(["not a colour"]);
  });
  test("in Google Chat", () => {
    expect(
      checkGoogleChat(
        spoilt(googleChat(), (payload: { cardsV2: { card: object }[] }) => {
          for (const one of payload.cardsV2) Object.assign(one.card, { colour: "red" });
        }),
      ),
    ).toEqual([".cardsV2[0].card.colour is not in the definition"]);
    expect(
      checkGoogleChat(
        spoilt(googleChat(), (payload: { cardsV2: { card: { sections: object[] } }[] }) => {
          for (const one of payload.cardsV2) one.card.sections.push({ widgets: [] });
        }),
      ),
    ).toEqual(["a section has no widget"]);
  });
});
