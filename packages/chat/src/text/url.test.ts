import { describe, expect, test } from "vitest";
import { hostOf, safeUrl } from "./url.ts";

describe("safeUrl", () => {
  test("takes web addresses in their normal form", () => {
    expect(safeUrl("https://example.com")).toBe("https://example.com/");
    expect(safeUrl("HTTP://Example.com/a b?x=1")).toBe("http://example.com/a%20b?x=1");
    expect(safeUrl("https://login.tailscale.com/admin/users?q=alice%40example.com")).toBe(
      "https://login.tailscale.com/admin/users?q=alice%40example.com",
    );
  });

  test("a percent sign that encodes nothing is encoded itself: clients fail to decode it", () => {
    expect(safeUrl("https://x.example/100%")).toBe("https://x.example/100%25");
    expect(safeUrl("https://x.example/%zz?q=5%&r=%41#%")).toBe("https://x.example/%25zz?q=5%25&r=%41#%25");
  });

  test("takes names, ports and IP addresses", () => {
    for (const url of ["https://_x.e-1.example:8443/", "http://192.0.2.1/", "http://[2001:db8::1]:8080/"]) {
      expect(safeUrl(url)).toBe(url);
    }
  });

  test("encodes what ends a link or begins markup", () => {
    expect(safeUrl("https://e.example/a|b>c)d]e*f~g@here")).toBe("https://e.example/a%7Cb%3Ec%29d%5De%2Af%7Eg%40here");
  });

  test.each([
    "javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "mailto:a@b.com",
    "file:///etc/passwd",
    "slack://x",
    "//example.com",
    "example.com",
    "",
    "http://",
    "https://good.example@evil.example/",
    "http://evil.example(/",
    "https://good.example)*b*/",
    "https://a~town-square/",
    "https://a`b`/",
    "https://user:secret@example.com/",
    `https://example.com/${"a".repeat(2000)}`,
    `https://example.com/${"é".repeat(400)}`,
  ])("refuses %s", (url) => {
    expect(safeUrl(url)).toBeUndefined();
  });

  test("refuses what is not a text", () => {
    for (const value of [undefined, null, 1, {}, ["https://example.com"]]) expect(safeUrl(value)).toBeUndefined();
  });

  test("shows look-alike letters for what they are", () => {
    expect(hostOf(safeUrl("https://gіthub.com/") as string)).toMatch(/^xn--/);
  });
});
