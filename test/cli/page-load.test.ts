/** The live page with as many deliveries as it holds. */
import { Agent, request } from "node:http";
import { afterAll, describe, expect, test, vi } from "vitest";
import { left, leftOut, open } from "./browser.ts";
import { seen } from "./command.ts";
import { listenWithPage } from "./page.ts";

vi.setConfig({ testTimeout: 180_000 });
afterAll(() => expect(seen()).toEqual([]));

const MANY = 10_000;

/** Sends them over a few connections that are kept. */
async function flood(url: string, count: number, body: (i: number) => string): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const post = (i: number) =>
    new Promise<void>((resolve, reject) => {
      const outgoing = request(`${url}/hooks/${i % 7}`, { method: "POST", agent }, (response) => {
        response.resume().on("end", resolve);
      });
      outgoing.on("error", reject).end(body(i));
    });
  let next = 0;
  const worker = async () => {
    while (next < count) await post(next++);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  agent.destroy();
}

describe.skipIf(leftOut)("the live page", () => {
  test("answers each interaction within 100 ms with 10,000 deliveries, and has elements for those in sight alone", async () => {
    const receiver = await listenWithPage();
    receiver.process.stdout?.removeAllListeners("data").resume();
    await flood(receiver.url, MANY, (i) => JSON.stringify({ type: `kind.${i % 10}`, i }));
    const opened = await open(receiver.page);
    const { page } = opened;
    await page.getByText(/^All 10000$/).waitFor();
    expect(await page.getByRole("option").count()).toBeLessThan(60);
    /** Milliseconds from the event to the frame that shows it: the middle one of seven. */
    const measure = (act: string) =>
      page.evaluate<number>(`(async () => {
        const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        const times = [];
        for (let round = 0; round < 7; round++) {
          await frame();
          const start = performance.now();
          (${act})(round);
          await frame();
          times.push(performance.now() - start);
        }
        return times.sort((a, b) => a - b)[3];
      })()`);
    const type = `(round) => {
      const input = document.querySelector("input[type=search]");
      input.value = ["kind.3", "hooks/2 kind", "9999", "", "nothing at all", "not judged", "kind"][round];
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }`;
    const key = (name: string) =>
      `() => document.querySelector(".list").dispatchEvent(new KeyboardEvent("keydown", { key: "${name}", bubbles: true }))`;
    const figures = {
      filter: await measure(type),
      scroll: await measure(`(round) => { document.querySelector(".list").scrollTop = round * 77_777; }`),
      next: await measure(key("ArrowDown")),
      page: await measure(key("PageDown")),
      last: await measure(key("End")),
      first: await measure(key("Home")),
      verdict: await measure(`(round) => document.querySelectorAll(".filter [type=radio]")[round % 2].click()`),
    };
    console.log(
      "10,000 deliveries, ms:",
      JSON.stringify(figures, (_, one) => (typeof one === "number" ? Math.round(one) : one)),
    );
    for (const [name, figure] of Object.entries(figures))
      expect([name, figure < 100 ? "fast" : figure]).toEqual([name, "fast"]);
    // The oldest go when more come, and so do their elements and their memory.
    await flood(receiver.url, 500, (i) => JSON.stringify({ type: "newest", i }));
    await page.getByRole("searchbox").fill("newest");
    await expect.poll(() => page.locator(".choices b").first().textContent(), { timeout: 20_000 }).toBe("10000");
    await page.getByText("#10500").first().waitFor();
    await left(opened);
  });

  test("a flood while it looks on is shown, and does not grow without bound", async () => {
    const receiver = await listenWithPage();
    receiver.process.stdout?.removeAllListeners("data").resume();
    const opened = await open(receiver.page);
    const body = "x".repeat(1_000_000);
    await flood(receiver.url, 300, (i) => `{"type":"large","i":${i},"x":"${body}"}`);
    await expect.poll(() => opened.page.getByText("#300").count(), { timeout: 30_000 }).toBeGreaterThan(0);
    const kept = Number(await opened.page.locator(".choices b").first().textContent());
    expect(kept).toBeGreaterThan(50);
    expect(kept).toBeLessThan(140);
    await left(opened);
  });
});
