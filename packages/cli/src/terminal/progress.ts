import type { Output } from "./output.ts";

/** Says what it waits for once that takes longer than a second: a spinner where somebody sits there, else one line. */
export async function withProgress<Result>(
  output: Output,
  label: string,
  work: () => Promise<Result>,
): Promise<Result> {
  let stop = () => {};
  const timer = setTimeout(async () => {
    if (!output.interactive) return output.note(`${label} …`);
    const { spinner } = await import("@clack/prompts");
    if (ended) return;
    const shown = spinner({ output: process.stderr, indicator: "timer" });
    shown.start(output.masked(label));
    stop = () => shown.stop(output.masked(label));
  }, 1_000);
  timer.unref();
  let ended = false;
  try {
    return await work();
  } finally {
    ended = true;
    clearTimeout(timer);
    stop();
  }
}
