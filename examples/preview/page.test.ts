import { describe, expect, test } from "vitest";
import { samples } from "./events.ts";
import { build } from "./page.ts";

describe("the preview", () => {
  const page = build();
  const body = page.slice(0, page.indexOf("<script>"));

  test("shows every sample on four platforms, on a phone and in its channel", () => {
    expect(body.match(/<section class=/g)).toHaveLength(samples.length * 4);
    expect(body.match(/class="push"/g)).toHaveLength(samples.length * 4);
    expect(body.match(/<b>countersign<\/b> <span class="badge">/g)).toHaveLength(samples.length * 4);
    for (const name of ["Slack", "Discord", "Mattermost", "Google Chat"]) expect(body).toContain(`<h4>${name}</h4>`);
  });

  test("shows the worst event of a batch that is too large, counts the others, and says what was cut", () => {
    expect(body.match(/23 events from Stalwart: 🚨 1 critical, 🔵 22 info/g)?.length).toBeGreaterThanOrEqual(8);
    expect(body).toContain("10 × sign-in: success (user0@");
    expect(body).toContain("<summary>payload, 1 cut</summary>");
  });

  test("reads nothing into what an event says, though it knows each platform's grammar", () => {
    expect(body.match(/.{60}class="made.{60}/s)?.[0]).toBeUndefined();
  });

  test("links nowhere but to the console, and runs nothing of an event's", () => {
    const hosts = new Set([...body.matchAll(/href="([^"]*)"/g)].map(([, url = ""]) => new URL(url).host));
    expect([...hosts]).toEqual(["login.tailscale.com"]);
    expect(page.match(/<script>/g)).toHaveLength(1);
    expect(page.match(/<\/script>/g)).toHaveLength(1);
  });
});
