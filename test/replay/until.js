/** Looks again and again until it is so. Real services take their own time, which no test can set. */
export async function until(what, holds, milliseconds = 15_000) {
  const end = performance.now() + milliseconds;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`In ${milliseconds} ms it did not come to this: ${what}.`);
    await pause(5);
  }
}
/** What stands between two looks, or between a provider's tries. */
export function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
//# sourceMappingURL=until.js.map
