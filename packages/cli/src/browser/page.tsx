import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Filter } from "./deliveries.ts";
import { DetailPane } from "./detail/pane.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { List } from "./list.tsx";
import { OutboxView } from "./outbox-view.tsx";
import { SignView } from "./sign-view.tsx";
import { TopBar, type View } from "./top-bar.tsx";
import { type Link, type Live, useLive } from "./use-live.ts";

/** The whole page. */
export function Page() {
  const live = useLive();
  const [view, setView] = useState<View>("deliveries");
  const { about, connection, deliveries, version } = live;
  const counts = useMemo(() => deliveries.counts(), [version]);
  useEffect(() => {
    document.title = counts.all === 0 ? "countersign" : `(${counts.all}) countersign`;
  }, [counts]);
  return (
    <div class="page">
      <TopBar live={live} view={view} show={setView} />
      <p class="aside" role="status">
        {`${counts.all} deliveries, ${counts.refused} refused`}
      </p>
      {connection === undefined || about === undefined ? (
        <Closed link={live.link} />
      ) : view === "sign" ? (
        <SignView connection={connection} about={about} />
      ) : view === "outbox" ? (
        <OutboxView connection={connection} />
      ) : (
        <DeliveriesView live={live} />
      )}
    </div>
  );
}

const CLOSED: Readonly<Record<Link, string>> = {
  entering: "Connecting …",
  live: "Connecting …",
  away: "The process that serves this page is away. It is asked again every few seconds.",
  locked: "Open the address that the terminal has printed: without the token in it nothing is shown.",
};

function Closed({ link }: { readonly link: Link }) {
  return (
    <main class="empty">
      <p>{CLOSED[link]}</p>
    </main>
  );
}

function DeliveriesView({ live }: { readonly live: Live }) {
  const { deliveries, version, about, connection } = live;
  const [filter, setFilter] = useState<Filter>({ text: "", standing: "all" });
  const [selected, setSelected] = useState(0);
  const [base, setBase] = useState(0);
  const search = useRef<HTMLInputElement>(null);
  const items = useMemo(() => deliveries.filtered(filter), [version, filter]);
  const counts = useMemo(() => deliveries.counts(), [version]);
  const one = deliveries.get(selected);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && event.target.closest("input, textarea, select") !== null;
      if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      search.current?.focus();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);

  return (
    <main class={one === undefined ? "split" : "split opened"}>
      <section class="side" aria-label="Deliveries">
        <FilterBar filter={filter} counts={counts} shown={items.length} change={setFilter} search={search} />
        {items.length === 0 ? (
          <Nothing source={about?.source ?? ""} kind={about?.kind ?? "listen"} any={counts.all > 0} />
        ) : (
          <List items={items} selected={selected} base={base} select={setSelected} />
        )}
      </section>
      <section class="main" aria-label="The delivery that is open">
        {one === undefined || connection === undefined || about === undefined ? (
          <p class="empty">{counts.all === 0 ? "What comes is shown here." : "Choose a delivery."}</p>
        ) : (
          <DetailPane
            key={one.id}
            summary={one}
            base={base === one.id ? undefined : deliveries.get(base)}
            connection={connection}
            about={about}
            back={() => setSelected(0)}
            compare={() => setBase(base === one.id ? 0 : one.id)}
            marked={base === one.id}
            uncompare={() => setBase(0)}
          />
        )}
      </section>
    </main>
  );
}

function Nothing({ source, kind, any }: { readonly source: string; readonly kind: string; readonly any: boolean }) {
  if (any) return <p class="empty">Nothing fits the filter.</p>;
  return (
    <div class="empty">
      <p>Waiting for the first delivery.</p>
      <p class="quiet">{kind === "listen" ? `Send one to ${source}` : `Send one to what ${source} receives.`}</p>
    </div>
  );
}
