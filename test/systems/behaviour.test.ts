import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { membersOf } from "../docs/surface.ts";
import { tableUnder } from "../docs/table.ts";
import { ROOT } from "../packed/pack.ts";

const INDEX = "packages/systems/src/index.ts";
const page = readFileSync(join(ROOT, "packages/systems/docs/behaviour.md"), "utf8");

/** The options of each system's own documents, by the interfaces that describe them. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  Tailscale: ["TailscaleWebhookConfig", "TailscaleTerraformConfig", "TailscaleWebhookList"],
  Stalwart: ["StalwartWebhookConfig"],
  Aperture: ["ApertureHookConfig", "ApertureSendHook", "ApertureGrant"],
  TapPass: ["TapPassExport"],
  Apono: ["AponoWebhookConfig", "AponoApiWebhook"],
};

describe.each(Object.entries(OPTIONS))("%s", (system, interfaces) => {
  const rows = tableUnder(page, system);
  const named = rows.flatMap(([option = ""]) => [...option.matchAll(/`([^`]+)`/g)].map((match) => match[1]));

  it.each(interfaces)(
    "has a row for every option of %s",
    (name) => {
      const members = membersOf(INDEX, name).flat();
      expect(members.length).toBeGreaterThan(0);
      expect(members.filter((member) => !named.includes(member.replaceAll('"', "")))).toEqual([]);
      // Reading the package with all that it imports takes seconds, once.
    },
    60_000,
  );

  it("names a test in every row, which is there", () => {
    expect(rows.length).toBeGreaterThan(10);
    const missing = rows.filter(([, , cell = ""]) => {
      const [, file = "", title = ""] = /^`([\w/.-]+)`: (.+)$/.exec(cell) ?? [];
      // The system's own test, or the one of its name in a test of all five.
      if (!file.startsWith(`${system.toLowerCase()}/`) && !title.startsWith(`${system} `)) return true;
      const source = readFileSync(join(ROOT, "packages/systems/src", file), "utf8");
      return !['"', "'", "`"].some((quote) => source.includes(`${quote}${title}${quote}`));
    });
    expect(missing).toEqual([]);
  });
});
