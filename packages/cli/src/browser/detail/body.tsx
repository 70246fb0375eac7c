import { useMemo, useState } from "preact/hooks";
import type { Detail } from "../../page/wire.ts";
import { bytesOf, textOf } from "../bytes.ts";
import { sizeOf } from "../deliveries.ts";
import { pretty, type Token } from "../pretty.ts";
import { Hex } from "./hex.tsx";

const FORMS = [
  ["pretty", "Pretty"],
  ["raw", "Raw"],
  ["hex", "Bytes"],
] as const;

/** The body in each of its forms. */
export function Body({ detail }: { readonly detail: Detail }) {
  const [form, setForm] = useState<(typeof FORMS)[number][0]>("pretty");
  const bytes = useMemo(() => bytesOf(detail.body), [detail.body]);
  const text = useMemo(() => textOf(bytes, detail.shown < detail.bytes), [bytes]);
  return (
    <>
      <fieldset class="choices">
        <legend class="aside">How it is shown</legend>
        {FORMS.map(([name, label]) => (
          <label key={name}>
            <input type="radio" name="form" checked={form === name} onChange={() => setForm(name)} />
            <span>{label}</span>
          </label>
        ))}
      </fieldset>
      {detail.shown < detail.bytes && (
        <p class="note">{`The first ${sizeOf(detail.shown)} of ${sizeOf(detail.bytes)}.`}</p>
      )}
      {detail.bytes === 0 && form !== "hex" ? (
        <p class="quiet">It is empty.</p>
      ) : form === "hex" || text === undefined ? (
        <>
          {text === undefined && form !== "hex" && (
            <p class="note">It is no UTF-8 text, so that its bytes are shown.</p>
          )}
          <Hex detail={detail} bytes={bytes} />
        </>
      ) : form === "raw" ? (
        <pre class="text">{text}</pre>
      ) : (
        <Pretty text={text} />
      )}
    </>
  );
}

function Pretty({ text }: { readonly text: string }) {
  const tokens = useMemo(() => pretty(text), [text]);
  return <pre class="text">{typeof tokens === "string" ? tokens : tokens.map(shown)}</pre>;
}

function shown({ kind, text }: Token, i: number) {
  return kind === "plain" ? (
    text
  ) : (
    <span key={i} class={kind}>
      {text}
    </span>
  );
}
