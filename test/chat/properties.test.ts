import type { Message } from "@countersign/chat";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { event, messages, tricks } from "./corpus.ts";
import { context, PATIENCE, platforms } from "./platforms.ts";

/** The hosts that a message itself asks to lead to. */
function asked(given: readonly Message[]): Set<string> {
  const links = given.flatMap(({ link, actions = [] }) => (link === undefined ? actions : [link, ...actions]));
  return new Set(links.filter(({ url }) => URL.canParse(url)).map(({ url }) => new URL(url).host));
}

/** Every string of a payload. */
function strings(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return value !== null && typeof value === "object" ? Object.values(value).flatMap(strings) : [];
}

describe.each(platforms)("on $name no text can", ({ make, read }) => {
  test(
    "ping, mention, link or change the layout",
    () => {
      const format = make();
      fc.assert(
        fc.property(messages, (given) => {
          const { harm, links } = read(JSON.stringify(format(given)));
          expect(harm).toEqual([]);
          const hosts = asked(given);
          for (const url of links) {
            expect(["http:", "https:"]).toContain(new URL(url).protocol);
            expect(hosts).toContain(new URL(url).host);
          }
        }),
        { numRuns: 60 },
      );
    },
    PATIENCE,
  );

  test(
    "do so from any place of a message, trick by trick",
    () => {
      const format = make();
      for (const trick of tricks) {
        for (const text of [
          trick,
          `a${trick}`,
          `${trick}a`,
          `x ${trick} y`,
          `${trick}\n${trick}`,
          `\\${trick}`,
          `\`${trick}`,
        ]) {
          const places: Message = {
            title: text,
            text,
            source: text,
            fields: [{ name: text, value: text }],
            link: { label: text, url: "https://ok.example/" },
            actions: [{ label: text, url: "https://ok.example/2" }],
          };
          const fenced: Message = {
            title: "t",
            text: `before\n\`\`\`\n${text}\n\`\`\`\nafter ${text}`,
            fields: [{ name: "n", value: `\`\`\`\n${text}` }],
          };
          const unlinked: Message = { title: text, text };
          for (const given of [places, fenced, unlinked, [places, unlinked]]) {
            const { harm, links } = read(JSON.stringify(format(given)));
            expect(harm, JSON.stringify(trick)).toEqual([]);
            for (const url of links) expect(new URL(url).host).toBe("ok.example");
          }
        }
      }
    },
    PATIENCE,
  );

  test(
    "lead anywhere from an event: only the systems' own consoles are linked",
    () => {
      const format = make();
      fc.assert(
        fc.property(event, (one) => {
          for (const { body } of format.messages([one], context)) {
            const { harm, links } = read(body);
            expect(harm).toEqual([]);
            for (const url of links) expect(new URL(url).host).toMatch(/(^|\.)tailscale\.com$/);
          }
        }),
        { numRuns: 60 },
      );
    },
    PATIENCE,
  );

  test(
    "break the JSON, a character or hide itself",
    () => {
      const format = make();
      fc.assert(
        fc.property(messages, (given) => {
          const payload = format(given);
          const body = JSON.stringify(payload);
          expect(JSON.parse(body)).toEqual(payload);
          for (const text of strings(payload)) {
            expect(text).not.toMatch(/\p{Surrogate}/u);
            // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
            expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]/);
          }
        }),
        { numRuns: 50 },
      );
    },
    PATIENCE,
  );
});
