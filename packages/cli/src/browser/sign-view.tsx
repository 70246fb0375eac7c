import { useState } from "preact/hooks";
import type { About, Sent } from "../page/wire.ts";
import type { Connection } from "./connect.ts";
import { SentList } from "./detail/sent.tsx";

interface SignProps {
  readonly connection: Connection;
  readonly about: About;
}

interface Signed {
  readonly curl: string;
  readonly sent?: Sent;
}

/** A body of one's own, signed as the provider would sign it. */
export function SignView({ connection, about }: SignProps) {
  const [path, setPath] = useState("/");
  const [body, setBody] = useState('{"type":"test"}');
  const [sent, setSent] = useState<readonly Sent[]>([]);
  const [said, setSaid] = useState("");
  const provider = about.signs[0] ?? "";
  const sign = async (send: boolean) => {
    try {
      const signed = await connection.post<Signed>("sign", { provider, path, body, send });
      if (signed.sent !== undefined) setSent((before) => [signed.sent as Sent, ...before].slice(0, 20));
      else await navigator.clipboard.writeText(signed.curl);
      setSaid(send ? "" : "Copied. It holds the signature, not the secret.");
    } catch (error) {
      setSaid((error as Error).message);
    }
  };
  return (
    <main class="single">
      <h2>Sign a body of your own</h2>
      <p class="quiet">{`As ${provider} does, with the secret that this process was given, and the time of now.`}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          sign(true);
        }}
      >
        <label for="path">Path</label>
        <input
          id="path"
          value={path}
          spellcheck={false}
          onInput={({ currentTarget }) => setPath(currentTarget.value)}
        />
        <label for="body">Body</label>
        <textarea
          id="body"
          rows={12}
          spellcheck={false}
          value={body}
          onInput={({ currentTarget }) => setBody(currentTarget.value)}
        />
        <div class="toolbar">
          <button type="submit" class="primary">
            Sign and send
          </button>
          <button type="button" onClick={() => sign(false)}>
            Copy as curl
          </button>
          <span class="quiet" role="status">
            {said}
          </span>
        </div>
      </form>
      <SentList sent={sent} />
    </main>
  );
}
