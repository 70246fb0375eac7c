import { useEffect, useState } from "preact/hooks";
import type { OutboxLine, OutboxView as View } from "../page/wire.ts";
import type { Connection } from "./connect.ts";

/** How often it is looked into while it is shown. */
const EVERY = 2_000;

/** What a durable outbox holds: what waits, and the dead letters. */
export function OutboxView({ connection }: { readonly connection: Connection }) {
  const [view, setView] = useState<View | Error>();
  const look = () => connection.get<View>("outbox").then(setView, setView);
  useEffect(() => {
    look();
    const timer = setInterval(look, EVERY);
    return () => clearInterval(timer);
  }, []);
  const redrive = async (item: string) => {
    await connection.post("redrive", { item }).catch(() => undefined);
    await look();
  };
  if (view === undefined) return <main class="empty">…</main>;
  if (view instanceof Error) return <main class="empty">{view.message}</main>;
  return (
    <main class="single">
      <h2>Outbox</h2>
      <table class="counts">
        <thead>
          <tr>
            {["Endpoint", "Waiting", "In hand", "Dead"].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {view.endpoints.map(({ endpoint, pending, claimed, dead }) => (
            <tr key={endpoint}>
              <th scope="row">{endpoint}</th>
              <td>{pending}</td>
              <td>{claimed}</td>
              <td class={dead > 0 ? "bad" : ""}>{dead}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {view.endpoints.length === 0 && <p class="quiet">Nothing waits, and nothing is dead.</p>}
      <Items title="Dead letters" items={view.dead} redrive={redrive} />
      <Items title="Waiting" items={view.waiting} />
    </main>
  );
}

interface ItemsProps {
  readonly title: string;
  readonly items: readonly OutboxLine[];
  readonly redrive?: (item: string) => void;
}

function Items({ title, items, redrive }: ItemsProps) {
  if (items.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul class="items">
        {items.map(({ item, endpoint, type, enqueuedAt, attempts, reason, message, event }) => (
          <li key={item}>
            <p>
              <b>{type}</b> to {endpoint}{" "}
              <span class="quiet">{`since ${enqueuedAt}, ${attempts} attempt${attempts === 1 ? "" : "s"}`}</span>
            </p>
            {reason !== "" && <p class="bad">{`${reason}: ${message}`}</p>}
            <details>
              <summary>Event</summary>
              <pre class="text">{event}</pre>
            </details>
            {redrive !== undefined && (
              <button type="button" onClick={() => redrive(item)}>
                Try again
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
