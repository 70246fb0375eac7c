import { useEffect, useState } from "preact/hooks";
import type { ChatView } from "../../page/wire.ts";
import type { Connection } from "../connect.ts";
import { harmless } from "../harmless.tsx";

/** The event as four chats would show a message of it. */
export function Chat({ id, connection }: { readonly id: number; readonly connection: Connection }) {
  const [views, setViews] = useState<readonly ChatView[] | Error>();
  useEffect(() => {
    connection.get<readonly ChatView[]>(`chat/${id}`).then(setViews, setViews);
  }, [id, connection]);
  if (views === undefined) return <p class="quiet">…</p>;
  if (views instanceof Error) return <p class="quiet">{views.message}</p>;
  if (views.length === 0) return <p class="quiet">The body is no JSON, so that no message can be made of it.</p>;
  return (
    <div class="chats">
      {views.map(({ platform, style, phone, channel, payload }) => (
        <section key={platform} class={`chat ${style}`}>
          <h3>{platform}</h3>
          <div class="push">
            <b>countersign</b>
            <div class="words">{harmless(phone)}</div>
          </div>
          <div class="post">{harmless(channel)}</div>
          <details>
            <summary>Payload</summary>
            <pre class="text">{payload}</pre>
          </details>
        </section>
      ))}
    </div>
  );
}
