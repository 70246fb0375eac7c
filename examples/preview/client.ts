/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** What runs in the page: times in the reader's own zone, the theme, and an event of the reader's own. */
import { text } from "./html.ts";
import { row } from "./row.ts";

/** A whole event where it has `type` and `data`, else what a system sent. */
function eventOf(source: string) {
  const value: unknown = JSON.parse(source);
  const { type, data } = (value ?? {}) as { type?: unknown; data?: unknown };
  const whole = typeof type === "string" && data !== undefined && !("timestamp" in (value as object));
  return whole ? (value as { type: string; data: unknown }) : { type: "event", data: value };
}

function localTimes(within: ParentNode): void {
  for (const time of within.querySelectorAll("time")) {
    time.textContent = new Date(time.dateTime).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  }
}

const own = document.querySelector<HTMLTextAreaElement>("#own");
const shown = document.querySelector<HTMLElement>("#shown");
own?.addEventListener("input", () => {
  if (shown === null) return;
  try {
    shown.innerHTML = own.value.trim() === "" ? "" : row(eventOf(own.value));
    localTimes(shown);
  } catch (error) {
    shown.innerHTML = `<p class="mistake">${text(String(error))}</p>`;
  }
});
document.querySelector("#theme")?.addEventListener("change", (event) => {
  document.documentElement.style.colorScheme = (event.target as HTMLSelectElement).value;
});
localTimes(document);
