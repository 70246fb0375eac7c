/** The live page in a real browser: what a person does there, by mouse, keyboard and screen reader. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { sqliteOutbox } from "@countersign/outbox/sqlite";
import { createSender, never } from "@countersign/sender";
import type { Page } from "playwright-core";
import { afterAll, describe, expect, test, vi } from "vitest";
import { left, leftOut, type Opened, open } from "./browser.ts";
import { closedPort, countersign, ENV, FOLDER, SECRETS, seen, start } from "./command.ts";
import { deliver, GITHUB, listenWithPage } from "./page.ts";

// A browser is started, and axe looks at every element of ten views.
vi.setConfig({ testTimeout: 120_000 });
afterAll(() => expect(seen()).toEqual([]));

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

const rows = (page: Page) => page.getByRole("option");
const tab = (page: Page, name: string | RegExp) => page.getByRole("tab", { name });
const sent = (page: Page) => page.getByLabel("Sent from here");

/** A receiver with three deliveries, the second refused, and its page. */
async function three(...args: string[]) {
  const receiver = await listenWithPage(...GITHUB, ...args);
  await deliver(receiver.url, '{"action":"opened","number":17}');
  await deliver(receiver.url, '{\n  "action": "closed",\n  "number": 12345678901234567890\n}', {
    signed: '{"action":"closed","number":12345678901234567890}',
  });
  await deliver(receiver.url, '{"action":"closed","number":12345678901234567890}');
  const opened = await open(receiver.page);
  await expect.poll(() => rows(opened.page).count()).toBe(3);
  return { url: receiver.url, address: receiver.page, page: opened.page, opened };
}

test("an outbox without the page is told, not passed over", async () => {
  const { code, stderr } = await countersign(["listen", "--no-keep", "--port", "0", "--sqlite", "x.db"]);
  expect(code).toBe(2);
  expect(stderr).toContain("Give --open or --page too.");
});

describe.skipIf(leftOut)("the live page", () => {
  test("shows deliveries as they come, and comes back when the connection was lost", async () => {
    const { url, page: address } = await listenWithPage(...GITHUB);
    const opened = await open(address);
    const { page } = opened;
    await page.getByText("Waiting for the first delivery").waitFor();
    expect(page.url()).not.toContain("#");
    await deliver(url, '{"action":"opened"}');
    await rows(page).getByText("opened").waitFor();
    await page.reload();
    await rows(page).getByText("opened").waitFor();
    await page.context().setOffline(true);
    await page.context().setOffline(false);
    await deliver(url, '{"action":"labeled"}');
    await rows(page).getByText("labeled").waitFor();
    await page.context().close();
  });

  test("--open hands the browser an address that is good once, and holds no token", async () => {
    const folder = join(FOLDER, "opener");
    mkdirSync(folder);
    writeFileSync(
      join(folder, "xdg-open"),
      `#!/bin/sh\nprintf %s "$1" > ${join(folder, "given.part")}; mv ${join(folder, "given.part")} ${join(folder, "given")}\n`,
      { mode: 0o755 },
    );
    const env = { ...ENV, PATH: `${folder}:${process.env.PATH}` };
    const child = start(["listen", "--open", "--port", "0", "--no-keep"], { env });
    try {
      const said = await child.says("Ctrl-C ends it");
      const given = () => readFileSync(join(folder, "given"), "utf8");
      await expect.poll(() => existsSync(join(folder, "given"))).toBe(true);
      expect(given()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#ticket=[\w-]{43}$/);
      const [, token = ""] = /The page: \S+#(\S+)/.exec(said) ?? [];
      expect(given()).not.toContain(token);
      const opened = await open(given());
      await opened.page.getByText("Waiting for the first delivery").waitFor();
      await left(opened);
      const late = await open(given());
      await late.page.getByText("Open the address that the terminal has printed").waitFor();
      await late.page.context().close();
    } finally {
      child.process.kill("SIGKILL");
    }
  });

  test("filters by words and by verdict", async () => {
    const { page, opened } = await three();
    const search = page.getByRole("searchbox");
    await search.fill("closed");
    await expect.poll(() => rows(page).count()).toBe(2);
    await search.fill("closed mismatch");
    await expect.poll(() => rows(page).count()).toBe(1);
    await search.fill("no such");
    await page.getByText("Nothing fits the filter").waitFor();
    await search.press("Escape");
    await page.getByText(/^Refused 1$/).click();
    await expect.poll(() => rows(page).count()).toBe(1);
    await left(opened);
  });

  test("opens one: verdict, cause, mend, timeline, headers, body, the very bytes with what was signed", async () => {
    const { page, opened } = await three();
    await rows(page).nth(1).click();
    await page.getByRole("heading", { name: "signature_mismatch" }).waitFor();
    await page.getByText(/written again/).waitFor();
    await page.getByText(/Verify the bytes as they came/).waitFor();
    const steps = await page.locator(".timeline li span:first-child").allTextContents();
    expect(steps).toEqual(["Head judged", "Body read", "Verdict", "Settled"]);
    await tab(page, /Headers/).click();
    expect(await page.getByRole("row", { name: /x-hub-signature-256/ }).textContent()).toContain("proof");
    await tab(page, "Body").click();
    // Exact digits, which JSON.parse would round.
    await page.getByText("12345678901234567890").waitFor();
    await page.getByText("Bytes", { exact: true }).click();
    await page.getByText("Signed, in this order").waitFor();
    expect(await page.locator(".hex-line").first().textContent()).toBe(
      '0000007b 0a 20 20 22 61 63 74 69 6f 6e 22 3a 20 22 63 {·  "action": "c',
    );
    await left(opened);
  });

  test("compares two", async () => {
    const { page, opened } = await three();
    await rows(page).nth(0).click();
    await page.getByRole("button", { name: "Compare" }).click();
    await page.getByText("Choose another delivery").waitFor();
    await rows(page).nth(1).click();
    await page.getByText('The same JSON in other bytes. They first differ at byte 1: 22 (") and 0a.').waitFor();
    await rows(page).nth(2).click();
    const body = page.locator(".diff").nth(1);
    await body.getByText('"opened"').waitFor();
    expect(await body.locator(".removed").allTextContents()).toEqual([
      expect.stringContaining('"action": "closed"'),
      expect.stringContaining("12345678901234567890"),
    ]);
    await page.getByRole("button", { name: "End the comparison" }).click();
    await tab(page, "Overview").and(page.locator("[aria-selected=true]")).waitFor();
    await left(opened);
  });

  test("sends again, signed anew, and with each change, which is refused", async () => {
    const { page, opened } = await three();
    await rows(page).nth(2).click();
    await page.getByRole("button", { name: "Re-send", exact: true }).click();
    await sent(page)
      .getByText(/Sent again, as it was: answered 204/)
      .waitFor();
    await page.getByRole("button", { name: "Re-send, signed anew" }).click();
    await sent(page)
      .getByText(/Signed anew and sent: answered 204 .* accepted/)
      .waitFor();
    const changes = [
      "One byte of the body changed",
      "The same JSON, written in other bytes",
      "One character of the signature changed",
      "Without the signature",
      "Signed with another secret",
    ];
    for (const change of changes) {
      await page.getByRole("button", { name: "Tamper" }).click();
      await page.getByRole("menuitem", { name: change }).click();
      await sent(page)
        .getByText(new RegExp(`${change}: answered 401 .* refused as it should be`))
        .waitFor();
    }
    await expect.poll(() => rows(page).count()).toBe(10);
    await page.getByRole("button", { name: "Tamper" }).click();
    await page.getByRole("menuitem", { name: "Its signed time set to now" }).click();
    await sent(page)
      .getByText(/nothing in this delivery to change so/)
      .waitFor();
    opened.complaints.splice(0); // The browser writes of every 400.
    await left(opened);
  });

  test("signs a body of one's own, and copies one as curl, test and fixture", async () => {
    const { page, opened } = await three();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const copied = () => page.evaluate<string>("navigator.clipboard.readText()");
    await page.getByRole("button", { name: "Sign", exact: true }).click();
    await page.getByLabel("Body").fill('{"action":"mine"}');
    await page.getByRole("button", { name: "Copy as curl" }).click();
    await page.getByText(/Copied/).waitFor();
    expect(await copied()).toMatch(/^curl .*-X POST http.*x-hub-signature-256: sha256=[0-9a-f]{64}/s);
    await page.getByRole("button", { name: "Sign and send" }).click();
    await sent(page)
      .getByText(/Signed as github and sent: answered 204/)
      .waitFor();
    await page.getByRole("button", { name: "Deliveries" }).click();
    await rows(page).getByText("mine").click();
    const all: string[] = [];
    for (const [name, holds] of [
      ["A curl line", "curl -sSi"],
      ["A test for Vitest", "createVerifier(github"],
      ["A fixture", "bodyBase64"],
    ] as const) {
      await page.getByRole("button", { name: "Copy" }).click();
      await page.getByRole("menuitem", { name }).click();
      await expect.poll(copied).toContain(holds);
      all.push(await copied());
    }
    expect(all.join()).not.toContain(SECRETS.WEBHOOK_SECRET);
    await left(opened);
  });

  test("shows hostile bytes as text, wherever they stand", async () => {
    const hostile = `<img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}\u202e</pre>&lt;`;
    const receiver = await listenWithPage("--detect");
    const type = hostile.slice(0, 60);
    await fetch(`${receiver.url}/${encodeURIComponent(hostile)}?<svg/onload=alert(3)>`, {
      method: "POST",
      headers: { "x-evil": "<iframe srcdoc='<script>alert(4)</script>'>", "x-github-event": '"><script>' },
      body: JSON.stringify({ type, message: hostile, "<b>key</b>": "javascript:alert(5)" }),
    });
    const opened = await open(receiver.page);
    const { page } = opened;
    await rows(page).getByText("<img src=x").click();
    await page.getByRole("heading", { name: /<img src=x onerror/ }).waitFor();
    for (const name of [/Headers/, "Body", "Chat"]) {
      await tab(page, name).click();
      await expect.poll(() => page.getByRole("tabpanel").textContent()).toContain("<");
    }
    expect(await page.locator("#app :is(img, script, iframe, object, embed, style, a[href^=javascript])").count()).toBe(
      0,
    );
    await left(opened);
  });

  test("shows the dead letters of an outbox, and tries one again", async () => {
    const { page, opened } = await three("--sqlite", await filledOutbox());
    await page.getByRole("button", { name: "Outbox" }).click();
    expect(await page.getByRole("row", { name: /billing/ }).textContent()).toBe("billing001");
    await page.getByText("Event", { exact: true }).click();
    await page.getByText("<b>17</b>").waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { name: "Waiting" }).waitFor();
    expect(await page.getByRole("row", { name: /billing/ }).textContent()).toBe("billing100");
    await left(opened);
  });

  test("is whole by keyboard alone", async () => {
    const { page, opened } = await three();
    await page.keyboard.press("/");
    await page.keyboard.type("closed");
    await expect.poll(() => rows(page).count()).toBe(2);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown");
    await page.getByRole("heading", { name: "#3" }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.getByRole("heading", { name: "signature_mismatch" }).waitFor();
    await page.keyboard.press("Home");
    await page.getByRole("heading", { name: "#3" }).waitFor();
    const active = await page.getByRole("listbox").getAttribute("aria-activedescendant");
    expect(await page.locator(`#${active}`).getAttribute("aria-selected")).toBe("true");
    const focused = () => page.evaluate<string>("document.activeElement?.textContent ?? ''");
    for (let i = 0; i < 3; i++) await page.keyboard.press("Tab");
    expect(await focused()).toContain("Tamper");
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowDown");
    expect(await focused()).toBe("The same JSON, written in other bytes");
    await page.keyboard.press("Escape");
    expect(await focused()).toContain("Tamper");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await sent(page)
      .getByText(/refused as it should be/)
      .waitFor();
    for (let i = 0; i < 3; i++) await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowRight");
    await tab(page, /Headers/)
      .and(page.locator("[aria-selected=true]"))
      .waitFor();
    await left(opened);
  });

  const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  /** What axe finds wrong. It is put in past the page's policy, which lets no script in. */
  async function violations({ page }: Opened) {
    await page.evaluate(axe);
    const rules = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"];
    const found = await page.evaluate<{ violations: Violation[] }>(`axe.run({ runOnly: ${JSON.stringify(rules)} })`);
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
  }

  test.each(["light", "dark"] as const)(
    "axe finds nothing wrong in %s, on a screen and on a phone",
    async (colorScheme) => {
      const { address, opened: first } = await three("--sqlite", await filledOutbox());
      await left(first);
      for (const width of [1280, 390]) {
        const opened = await open(address, { colorScheme, viewport: { width, height: 800 } });
        const { page } = opened;
        await rows(page).first().waitFor();
        expect(await violations(opened)).toEqual([]);
        await rows(page).nth(1).click();
        await page.getByRole("heading", { name: "signature_mismatch" }).waitFor();
        expect(await violations(opened)).toEqual([]);
        for (const name of [/Headers/, "Body", "Chat"]) {
          await tab(page, name).click();
          expect(await violations(opened)).toEqual([]);
        }
        await tab(page, "Body").click();
        await page.getByText("Bytes", { exact: true }).click();
        await page.getByRole("button", { name: "Tamper" }).click();
        expect(await violations(opened)).toEqual([]);
        for (const name of ["Sign", "Outbox"]) {
          await page.getByRole("button", { name, exact: true }).click();
          await page.getByRole("heading", { level: 2 }).waitFor();
          expect(await violations(opened)).toEqual([]);
        }
        const wide = await page.evaluate<number>("document.documentElement.scrollWidth");
        expect(wide).toBe(width);
        await left(opened);
      }
    },
  );
});

let outboxes = 0;

/** A durable outbox with one dead letter. */
async function filledOutbox(): Promise<string> {
  const path = join(FOLDER, `page-${++outboxes}.db`);
  const outbox = await sqliteOutbox(path);
  const sender = createSender({
    endpoints: [{ name: "billing", url: `http://127.0.0.1:${await closedPort()}`, retry: never() }],
    outbox,
    guard: "development",
    deadLetterEvents: false,
  });
  await (await sender.send({ id: "a", type: "invoice.paid", data: { note: "<b>17</b>" } })).outcome();
  await sender.close();
  await outbox.close();
  return path;
}
