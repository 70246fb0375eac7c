import { describe, expect, test } from "vitest";
import { discordText, googleText, mattermostText, slackPlain } from "./escape.ts";
import { type Frame, fit } from "./fit.ts";
import { codePoints, jsonBytes, type Measure, utf16 } from "./measure.ts";

const frame = (limit: number, measure: Measure = utf16, dialect = (text: string) => text): Frame => ({
  limit,
  measure,
  escape: dialect,
});

describe("fit", () => {
  test("leaves what fits alone", () => {
    expect(fit("hello", frame(5))).toEqual({ text: "hello", removed: 0, taken: 5 });
    expect(fit("", frame(5))).toEqual({ text: "", removed: 0, taken: 0 });
  });

  test("cuts at the limit and counts what is missing", () => {
    expect(fit("hello world", frame(8))).toEqual({ text: "hello w…", removed: 4, taken: 7 });
  });

  test("measures the escaped text, and never cuts it", () => {
    // "&" costs five in Slack: two of them and the mark are eleven.
    expect(fit("&&&&", frame(11, utf16, slackPlain))).toEqual({ text: "&amp;&amp;…", removed: 2, taken: 2 });
    expect(fit("&&&&", frame(10, utf16, slackPlain)).text).toBe("&amp;…");
    expect(fit("****", frame(6, codePoints, discordText)).text).toBe("\\*\\*…");
  });

  test("keeps an emoji family whole or leaves it out", () => {
    const family = "👨‍👩‍👧‍👦";
    expect(fit(family.repeat(3), frame(family.length * 2 + 1)).text).toBe(`${family}${family}…`);
    expect(fit(family.repeat(3), frame(family.length * 2)).text).toBe(`${family}…`);
    expect(fit("🇩🇪🇫🇷🇮🇹", frame(3, codePoints)).text).toBe("🇩🇪…");
    expect(fit("e\u0301e\u0301", frame(3)).text).toBe("e\u0301…");
  });

  test("falls back to code points for a grapheme larger than the place", () => {
    const zalgo = `z${"\u0335".repeat(100)}`;
    const { text, removed } = fit(zalgo, frame(10));
    expect(text).toBe(`z${"\u0335".repeat(8)}…`);
    expect(removed).toBe(92);
    expect(fit("👨‍👩‍👧‍👦", frame(4)).text).toBe("👨\u200d…");
    expect(fit("👨‍👩‍👧‍👦", frame(2)).text).toBe("…");
  });

  test("gives nothing where there is no room for the mark", () => {
    expect(fit("hello", frame(0))).toEqual({ text: "", removed: 5, taken: 0 });
  });

  test("counts in the platform's unit", () => {
    expect(fit("😀😀😀", frame(2, codePoints)).removed).toBe(2);
    expect(fit("😀😀😀", frame(3, utf16)).removed).toBe(4);
    expect(fit('""""', frame(7, jsonBytes)).removed).toBe(4);
  });

  test("closes a code fence that the cut leaves open", () => {
    const text = `before\n\`\`\`\n${"line\n".repeat(100)}\`\`\`\nafter`;
    for (const [dialect, measure] of [
      [discordText, codePoints],
      [mattermostText, codePoints],
    ] as const) {
      const cut = fit(text, { ...frame(100, measure, dialect), mark: (removed) => `\n… ${removed} more` });
      expect(cut.text.match(/```/g)).toHaveLength(2);
      expect(cut.text.endsWith("\n```")).toBe(true);
      expect(codePoints(cut.text)).toBeLessThanOrEqual(100);
    }
  });

  test("looks at no more of a long text than the place could hold", () => {
    const seen: number[] = [];
    fit(
      "a".repeat(4_000_000),
      frame(100, utf16, (text) => {
        seen.push(text.length);
        return text;
      }),
    );
    expect(Math.max(...seen)).toBeLessThan(1000);
  });

  test("stays linear and within the limit for four million characters of every kind", () => {
    const kinds = [
      "a",
      "👨‍👩‍👧‍👦",
      "e\u0301\u0321",
      "\u0301",
      "שלום ",
      "*",
      "@",
      "`",
      "```\n",
      "\n",
      ".a",
      "://",
      "www.",
      "\u0000",
      "\ud800",
      " ",
      "1. ",
      "🇩🇪",
      "<",
    ];
    const dialects = [
      [slackPlain, utf16],
      [discordText, codePoints],
      [mattermostText, codePoints],
      [googleText, jsonBytes],
    ] as const;
    const started = performance.now();
    for (const kind of kinds) {
      const text = kind.repeat(Math.ceil(4_000_000 / kind.length));
      for (const [dialect, measure] of dialects) {
        const cut = fit(text, frame(3000, measure, dialect));
        expect(measure(cut.text)).toBeLessThanOrEqual(3000);
        expect(cut.removed).toBeGreaterThan(0);
      }
    }
    // 76 texts of four megabytes: a quadratic step in any of them would take hours.
    expect(performance.now() - started).toBeLessThan(60_000);
  }, 90_000);
});

describe("measures", () => {
  test("agree with what is written", () => {
    for (const text of ["", "a", "é", "漢", "😀", "\ud800", 'a"b\\c', "\u0001\n\t", "\u200b", "👨‍👩‍👧‍👦"]) {
      expect(jsonBytes(text)).toBe(Buffer.byteLength(JSON.stringify(text)) - 2);
      expect(codePoints(text)).toBe([...text].length);
    }
  });
});
