/** The page in a real browser, where this machine has one: what only layout and scripts show. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { build } from "./page.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];
const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"];
const QUIET = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
];

const program = (process.env.PATH ?? "")
  .split(delimiter)
  .flatMap((folder) => NAMES.map((name) => join(folder, name)))
  .find((path) => existsSync(path));
if (program === undefined)
  console.warn(`Left out: the preview in a browser, because none of ${NAMES.join(", ")} is installed.`);

/** Runs in the outer page: the preview is in a frame as wide as a phone, and `report` leaves what was seen in the DOM. */
const PROBE = `
const frame = document.querySelector("iframe");
frame.onload = () => {
  const { document: page, Event, getComputedStyle } = frame.contentWindow;
  const change = (selector, event, value) => {
    const element = page.querySelector(selector);
    element.value = value;
    element.dispatchEvent(new Event(event));
  };
  const paper = () => getComputedStyle(page.querySelector(".slack")).backgroundColor;
  const report = { width: page.documentElement.scrollWidth };
  report.columns = getComputedStyle(page.querySelector(".row")).gridTemplateColumns.split(" ").length;
  report.times = [...page.querySelectorAll("time")].filter((one) => one.textContent.endsWith("UTC")).length;
  for (const theme of ["light", "dark"]) {
    change("#theme", "change", theme);
    report[theme] = paper();
  }
  change("#own", "input", '{"type":"backup.finished","severity":"warn","data":{"message":"**done** <b>"}}');
  report.own = page.querySelectorAll("#shown section").length;
  report.said = page.querySelector("#shown .rich").textContent;
  report.made = page.querySelectorAll(".made").length;
  change("#own", "input", "{");
  report.mistake = page.querySelector("#shown").textContent;
  document.body.textContent = JSON.stringify(report);
};
frame.srcdoc = SOURCE;`;

test.skipIf(program === undefined)(
  "on a phone the preview is too wide, in one theme only, and takes no JSON of one's own",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "countersign-preview-"));
    try {
      const file = join(folder, "probe.html");
      const source = JSON.stringify(build()).replaceAll("</", "<\\/");
      writeFileSync(
        file,
        `<!doctype html><meta charset="utf-8"><body><iframe width="390" height="844" style="border:0"></iframe><script>const SOURCE = ${source};${PROBE}</script>`,
      );
      const dom = execFileSync(
        program as string,
        [
          ...FLAGS,
          ...QUIET,
          `--user-data-dir=${folder}/profile`,
          "--virtual-time-budget=10000",
          "--dump-dom",
          pathToFileURL(file).href,
        ],
        { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], timeout: 60_000 },
      );
      const report = JSON.parse(/<body>(\{.*?\})<\/body>/s.exec(dom)?.[1] ?? "null");
      expect(report).toEqual({
        width: 390,
        columns: 1,
        times: 0,
        light: "rgb(255, 255, 255)",
        dark: "rgb(26, 29, 33)",
        own: 4,
        said: "**done** &lt;b&gt;",
        made: 0,
        mistake: expect.stringContaining("SyntaxError"),
      });
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
  90_000,
);
