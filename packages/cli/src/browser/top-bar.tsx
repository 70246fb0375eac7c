import type { Link, Live } from "./use-live.ts";

/** What the page shows. */
export type View = "deliveries" | "sign" | "outbox";

const LINKS: Readonly<Record<Link, string>> = {
  entering: "Connecting",
  live: "Live",
  away: "Away",
  locked: "Locked",
};

interface TopBarProps {
  readonly live: Live;
  readonly view: View;
  readonly show: (view: View) => void;
}

export function TopBar({ live: { link, about }, view, show }: TopBarProps) {
  const views: readonly (readonly [view: View, label: string])[] = [
    ["deliveries", "Deliveries"],
    ...(about === undefined || about.signs.length === 0 ? [] : [["sign", "Sign"] as const]),
    ...(about?.outbox === true ? [["outbox", "Outbox"] as const] : []),
  ];
  return (
    <header class="top">
      <h1>
        <svg viewBox="0 0 36 36" aria-hidden="true">
          <rect width="36" height="36" rx="8" />
          <path d="M9 19l6 6 12-14" />
        </svg>
        countersign
      </h1>
      {views.length > 1 && (
        <nav aria-label="Views">
          {views.map(([name, label]) => (
            <button
              key={name}
              type="button"
              class="tab"
              aria-current={name === view ? "page" : undefined}
              onClick={() => show(name)}
            >
              {label}
            </button>
          ))}
        </nav>
      )}
      <p class="source">
        <span class="quiet address">{about?.source}</span>
        <span class={`link ${link}`}>{LINKS[link]}</span>
      </p>
    </header>
  );
}
