import { describe, expect, test } from "vitest";
import { samples } from "./events.ts";
import { build } from "./page.ts";

describe("the preview", () => {
  const page = build();

  test("shows every sample on four platforms", () => {
    expect(page.match(/<section class=/g)).toHaveLength(samples.length * 4);
    for (const name of ["Slack", "Discord", "Mattermost", "Google Chat"]) expect(page).toContain(`<h4>${name}</h4>`);
  });

  test("shows the worst event of a batch that is too large, and counts the others", () => {
    expect(page.match(/23 events from Stalwart: 🚨 1 critical, 🔵 22 info/g)?.length).toBeGreaterThanOrEqual(4);
    expect(page).toContain("10 × sign-in: success (user0@");
  });

  test("links nowhere but to the console, and runs nothing of an event's", () => {
    const hosts = new Set([...page.matchAll(/href="([^"]*)"/g)].map(([, url = ""]) => new URL(url).host));
    expect([...hosts]).toEqual(["login.tailscale.com"]);
    expect(page.match(/<script>/g)).toHaveLength(1);
    expect(page).not.toContain("<script>alert");
  });
});
