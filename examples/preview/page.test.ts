import { describe, expect, test } from "vitest";
import { samples } from "./events.ts";
import { build } from "./page.ts";

describe("the preview", () => {
  const page = build();

  test("shows every sample on four platforms", () => {
    expect(page.match(/<section class=/g)).toHaveLength(samples.length * 4);
    for (const name of ["Slack", "Discord", "Mattermost", "Google Chat"]) expect(page).toContain(`<h4>${name}</h4>`);
  });

  test("links nowhere but to the console, and runs nothing of an event's", () => {
    const hosts = new Set([...page.matchAll(/href="([^"]*)"/g)].map(([, url = ""]) => new URL(url).host));
    expect([...hosts]).toEqual(["login.tailscale.com"]);
    expect(page.match(/<script>/g)).toHaveLength(1);
    expect(page).not.toContain("<script>alert");
  });
});
