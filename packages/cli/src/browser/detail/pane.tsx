import { useEffect, useState } from "preact/hooks";
import type { About, Detail, Sent, Summary } from "../../page/wire.ts";
import type { Connection } from "../connect.ts";
import { nameOf, STANDINGS, sizeOf, timeOf } from "../deliveries.ts";
import { Tabs } from "../tabs.tsx";
import { Body } from "./body.tsx";
import { Chat } from "./chat.tsx";
import { Difference } from "./difference.tsx";
import { Headers } from "./headers.tsx";
import { Overview } from "./overview.tsx";
import { SentList } from "./sent.tsx";
import { Toolbar } from "./toolbar.tsx";

interface PaneProps {
  readonly summary: Summary;
  readonly base: Summary | undefined;
  readonly connection: Connection;
  readonly about: About;
  /** Whether it is the one that others are compared with. */
  readonly marked: boolean;
  readonly back: () => void;
  readonly compare: () => void;
  readonly uncompare: () => void;
}

/** One delivery in full. */
export function DetailPane({ summary, base, connection, about, marked, back, compare, uncompare }: PaneProps) {
  const detail = useDetail(connection, summary);
  const other = useDetail(connection, base);
  const [tab, setTab] = useState("overview");
  const [sent, setSent] = useState<readonly Sent[]>([]);
  useEffect(() => setTab(base === undefined ? "overview" : "difference"), [base?.id]);
  const { standing, event, method, url, bytes } = summary;
  return (
    <article class="detail">
      <header>
        <button type="button" class="back" onClick={back}>
          ← All deliveries
        </button>
        <h2>
          <span class="name">{nameOf(summary)}</span> {event === "" ? `${method} ${url}` : event}
          <span class={`badge ${standing}`}>{STANDINGS[standing]}</span>
        </h2>
        <p class="quiet">
          <code>{`${method} ${url}`}</code> · {timeOf(summary)} · {sizeOf(bytes)}
          {summary.from === "" ? "" : ` · ${summary.from}`}
        </p>
        {detail instanceof Error || detail === undefined ? null : (
          <Toolbar
            detail={detail}
            connection={connection}
            about={about}
            marked={marked}
            compare={compare}
            tell={(one) => setSent((before) => [one, ...before].slice(0, 20))}
          />
        )}
        {marked && (
          <p class="note">
            Choose another delivery to see what differs.{" "}
            <button type="button" class="plain" onClick={uncompare}>
              Cancel
            </button>
          </p>
        )}
        <SentList sent={sent} />
      </header>
      {detail instanceof Error ? (
        <p class="empty">{detail.message}</p>
      ) : detail === undefined ? (
        <p class="empty">…</p>
      ) : (
        <Tabs
          label="About this delivery"
          chosen={tab}
          choose={setTab}
          tabs={[
            { name: "overview", label: "Overview", body: () => <Overview detail={detail} /> },
            { name: "headers", label: `Headers (${detail.headers.length})`, body: () => <Headers detail={detail} /> },
            { name: "body", label: "Body", body: () => <Body detail={detail} /> },
            { name: "chat", label: "Chat", body: () => <Chat id={detail.id} connection={connection} /> },
            ...(base === undefined || other === undefined || other instanceof Error
              ? []
              : [
                  {
                    name: "difference",
                    label: `Difference to ${nameOf(base)}`,
                    body: () => <Difference from={other} to={detail} end={uncompare} />,
                  },
                ]),
          ]}
        />
      )}
    </article>
  );
}

/** All of a delivery, asked for anew when something of it has changed. */
function useDetail(connection: Connection, summary: Summary | undefined): Detail | Error | undefined {
  const [detail, setDetail] = useState<Detail | Error>();
  useEffect(() => {
    let over = false;
    if (summary === undefined) return setDetail(undefined);
    connection.get<Detail>(`delivery/${summary.id}`).then(
      (found) => over || setDetail(found),
      (error) => over || setDetail(error),
    );
    return () => {
      over = true;
    };
  }, [connection, summary?.id, summary]);
  return detail;
}
