import { useLayoutEffect, useRef } from "preact/hooks";
import type { Summary } from "../page/wire.ts";
import { nameOf, STANDINGS, sizeOf, timeOf } from "./deliveries.ts";
import { reveal, useWindow } from "./virtual.ts";

const ROW = 58;

interface ListProps {
  readonly items: readonly Summary[];
  readonly selected: number;
  /** The one that another is to be compared with; 0 where none is. */
  readonly base: number;
  readonly select: (id: number) => void;
}

/** How far each key goes. */
const KEYS: Readonly<Record<string, (at: number, page: number, last: number) => number>> = {
  ArrowDown: (at) => at + 1,
  ArrowUp: (at) => at - 1,
  PageDown: (at, page) => at + page,
  PageUp: (at, page) => at - page,
  Home: () => 0,
  End: (_, __, last) => last,
};

/** The deliveries, the newest first. */
export function List({ items, selected, base, select }: ListProps) {
  const { box, first, end, onScroll } = useWindow(items.length, ROW);
  const index = items.findIndex(({ id }) => id === selected);
  const steady = useRef<number>(undefined);
  // What comes in above pushes nothing away that is being read.
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const at = items.findIndex(({ id }) => id === steady.current);
    const before = Math.floor(element.scrollTop / ROW);
    if (element.scrollTop > 0 && at > before) element.scrollTop += (at - before) * ROW;
    steady.current = items[Math.floor(element.scrollTop / ROW)]?.id;
  }, [items]);
  useLayoutEffect(() => reveal(box.current, index, ROW), [selected]);
  const shown = items.slice(first, end);
  const active = shown.some(({ id }) => id === selected) ? { "aria-activedescendant": `row-${selected}` } : {};
  return (
    <div
      class="list"
      ref={box}
      role="listbox"
      tabIndex={0}
      aria-label="Deliveries, the newest first"
      {...active}
      onScroll={() => {
        steady.current = items[Math.floor((box.current?.scrollTop ?? 0) / ROW)]?.id;
        onScroll();
      }}
      onKeyDown={(event) => {
        const move = KEYS[event.key];
        const page = Math.max(1, Math.floor((box.current?.clientHeight ?? 0) / ROW) - 1);
        const last = items.length - 1;
        const to = move === undefined ? undefined : items[Math.max(0, Math.min(last, move(index, page, last)))];
        if (to === undefined) return;
        event.preventDefault();
        select(to.id);
      }}
    >
      <div class="rows" role="presentation" style={{ height: `${items.length * ROW}px` }}>
        {shown.map((one, i) => (
          <Row
            key={one.id}
            one={one}
            at={first + i}
            of={items.length}
            selected={one.id === selected}
            base={one.id === base}
            select={select}
          />
        ))}
      </div>
    </div>
  );
}

interface RowProps {
  readonly one: Summary;
  readonly at: number;
  readonly of: number;
  readonly selected: boolean;
  readonly base: boolean;
  readonly select: (id: number) => void;
}

function Row({ one, at, of, selected, base, select }: RowProps) {
  const { id, standing, code, method, url, event, provider, status, bytes } = one;
  const said = standing === "refused" ? code : STANDINGS[standing];
  return (
    // The keyboard is the list's: a row never has the focus.
    // biome-ignore lint/a11y/useKeyWithClickEvents: as above
    // biome-ignore lint/a11y/useFocusableInteractive: as above
    <div
      id={`row-${id}`}
      class={`row ${standing}`}
      role="option"
      aria-selected={selected}
      aria-setsize={of}
      aria-posinset={at + 1}
      style={{ transform: `translateY(${at * ROW}px)` }}
      onClick={() => select(id)}
    >
      <span class="row-top">
        <span class="name">{nameOf(one)}</span>
        <span class="what">{event === "" ? `${method} ${url}` : event}</span>
        <time class="quiet">{timeOf(one)}</time>
      </span>
      <span class="row-sub">
        <span class={`dot ${standing}`} aria-hidden="true" />
        <span class="said">{said}</span>
        <span class="quiet">
          {[provider, status === 0 ? "" : String(status), sizeOf(bytes), base ? "to compare" : ""]
            .filter(Boolean)
            .join(" · ")}
        </span>
      </span>
    </div>
  );
}
