import { useState } from "preact/hooks";
import type { About, Detail, Sent } from "../../page/wire.ts";
import type { Connection } from "../connect.ts";
import { Menu } from "../menu.tsx";

interface ToolbarProps {
  readonly detail: Detail;
  readonly connection: Connection;
  readonly about: About;
  readonly marked: boolean;
  readonly compare: () => void;
  readonly tell: (sent: Sent) => void;
}

const COPIES: readonly (readonly [name: string, label: string])[] = [
  ["curl", "A curl line"],
  ["test", "A test for Vitest"],
  ["fixture", "A fixture (JSON)"],
];

/** What can be done with a delivery. */
export function Toolbar({ detail, connection, about, marked, compare, tell }: ToolbarProps) {
  const [said, setSaid] = useState("");
  const send = async (how: string, what: string) => {
    setSaid("Sending …");
    const sent = await connection
      .post<Sent>("resend", { id: String(detail.id), how })
      .catch((error: Error): Sent => ({ what, failed: error.message }));
    setSaid("");
    tell(sent);
  };
  const copy = async (name: string) => {
    try {
      const { text } = await connection.get<{ readonly text: string }>(`copy/${detail.id}/${name}`);
      await navigator.clipboard.writeText(text);
      setSaid("Copied.");
    } catch {
      setSaid("The browser did not let it be copied.");
    }
  };
  return (
    <div class="toolbar" role="toolbar" aria-label="Actions">
      <button type="button" onClick={() => send("as-is", "Sent again")}>
        Re-send
      </button>
      {about.signs.includes(detail.provider) && (
        <button type="button" onClick={() => send("anew", "Signed anew")}>
          Re-send, signed anew
        </button>
      )}
      <Menu
        label="Tamper"
        items={about.tampers.map(({ name, label }) => ({ name, label, run: () => send(name, label) }))}
      />
      <Menu label="Copy" items={COPIES.map(([name, label]) => ({ name, label, run: () => copy(name) }))} />
      <button type="button" aria-pressed={marked} onClick={compare}>
        Compare
      </button>
      <span class="quiet" role="status">
        {said}
      </span>
    </div>
  );
}
