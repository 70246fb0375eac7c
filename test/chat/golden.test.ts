import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { render } from "@countersign/chat";
import { describe, expect, test } from "vitest";
import { platforms } from "./platforms.ts";
import { tailscaleEvents, tailscaleNames } from "./tailscale-events.ts";

/** `UPDATE_GOLDEN=1 npx vitest run --project test chat/golden` writes them anew; then read the difference. */
const UPDATE = process.env.UPDATE_GOLDEN === "1";

const FORMATS = platforms.map(({ make }) => make());

/** What cannot be seen is written as an escape, so that a reviewer sees it. */
const written = (value: unknown) =>
  `${JSON.stringify(value, null, 2).replace(/[\u00a0\u200b]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`)}\n`;

function compare(name: string, value: unknown): void {
  const file = new URL(`./golden/${name}.json`, import.meta.url);
  if (UPDATE) writeFileSync(file, written(value));
  expect(existsSync(file), `golden/${name}.json is missing`).toBe(true);
  expect(written(value)).toBe(readFileSync(file, "utf8"));
}

describe("golden payloads", () => {
  test("has a sample of every documented Tailscale event", () => {
    expect(tailscaleEvents.map(({ type }) => type).sort()).toEqual([...tailscaleNames].sort());
  });

  for (const event of tailscaleEvents) {
    test(`${event.type} on the four platforms`, () => {
      const messages = render({ type: event.type, data: event });
      compare(event.type, Object.fromEntries(FORMATS.map((format) => [format.platform, format(messages)])));
    });
  }

  test("several events of one delivery as one message", () => {
    const messages = render({ type: "tailscale", data: tailscaleEvents });
    compare("several", Object.fromEntries(FORMATS.map((format) => [format.platform, format(messages)])));
  });

  test("the tailnet is in every payload", () => {
    for (const event of tailscaleEvents) {
      for (const format of FORMATS) {
        const body = JSON.stringify(format(render({ type: event.type, data: { ...event, tailnet: "corp" } })));
        expect(body, `${event.type} on ${format.platform}`).toContain("Tailscale · corp");
      }
    }
  });
});
