import { useMemo } from "preact/hooks";
import type { Detail, SignedPart } from "../../page/wire.ts";
import { useWindow } from "../virtual.ts";

const ROW = 20;
const WIDE = 16;

/** A run of bytes of one origin. */
interface Run {
  readonly start: number;
  readonly end: number;
  /** Which of the signed parts it is; -1 for bytes that nothing signs. */
  readonly part: number;
}

interface HexProps {
  readonly detail: Detail;
  readonly bytes: Uint8Array;
}

/** The very bytes, and with them what else is signed, in its order. */
export function Hex({ detail, bytes }: HexProps) {
  const { all, runs } = useMemo(() => laidOut(detail, bytes), [detail, bytes]);
  const count = Math.ceil(all.length / WIDE);
  const { box, first, end, onScroll } = useWindow(count, ROW);
  const lines = Array.from({ length: end - first }, (_, i) => first + i);
  return (
    <>
      <Legend detail={detail} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
      <section class="hex" ref={box} tabIndex={0} aria-label="Bytes" onScroll={onScroll}>
        <div style={{ height: `${count * ROW}px` }}>
          {lines.map((line) => (
            <Line key={line} line={line} all={all} runs={runs} />
          ))}
        </div>
      </section>
    </>
  );
}

/** Where the body is signed, the other parts stand around it; elsewhere it stands alone. */
function laidOut({ signed }: Detail, body: Uint8Array): { readonly all: Uint8Array; readonly runs: readonly Run[] } {
  if (signed === undefined || signed.body !== "whole")
    return { all: body, runs: [{ start: 0, end: body.length, part: -1 }] };
  const pieces = signed.parts.map(({ text }) => (text === undefined ? body : new TextEncoder().encode(text)));
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  const runs: Run[] = [];
  let at = 0;
  for (const [part, piece] of pieces.entries()) {
    all.set(piece, at);
    runs.push({ start: at, end: at + piece.length, part });
    at += piece.length;
  }
  return { all, runs };
}

interface LineProps {
  readonly line: number;
  readonly all: Uint8Array;
  readonly runs: readonly Run[];
}

function Line({ line, all, runs }: LineProps) {
  const from = line * WIDE;
  const to = Math.min(all.length, from + WIDE);
  const inside = runs.filter(({ start, end }) => start < to && end > from);
  const pieces = inside.map(({ start, end, part }) => ({
    part,
    bytes: [...all.subarray(Math.max(start, from), Math.min(end, to))],
  }));
  return (
    <div class="hex-line" style={{ transform: `translateY(${line * ROW}px)` }}>
      <span class="quiet">{from.toString(16).padStart(6, "0")}</span>
      <span class="hex-bytes">
        {pieces.map(({ part, bytes }) => (
          <span key={part} class={classOf(part)}>
            {bytes.map((byte) => `${byte.toString(16).padStart(2, "0")} `).join("")}
          </span>
        ))}
      </span>
      <span class="hex-text">
        {pieces.map(({ part, bytes }) => (
          <span key={part} class={classOf(part)}>
            {bytes.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "·")).join("")}
          </span>
        ))}
      </span>
    </div>
  );
}

function classOf(part: number): string {
  return part < 0 ? "" : `part part-${part % 4}`;
}

const SAID: Readonly<Record<"whole" | "form" | "digest" | "own" | "nothing" | "unknown", string>> = {
  whole: "Signed, in this order:",
  form: "Not these bytes are signed, but the form's fields:",
  digest: "Not these bytes are signed, but a digest of them:",
  own: "The proof covers the body in a form of its own.",
  nothing: "Nothing of the body is signed.",
  unknown: "Nobody judged it, so that what is signed is not known.",
};

function Legend({ detail: { signed } }: { readonly detail: Detail }) {
  return (
    <div class="legend">
      <p>{SAID[signed?.body ?? "unknown"]}</p>
      {signed !== undefined && signed.parts.length > 0 && (
        <ol>
          {signed.parts.map((part, i) => (
            <li key={i} class={classOf(i)}>
              {part.what}
              {said(part)}
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

function said({ text }: SignedPart) {
  if (text === undefined) return null;
  const short = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return (
    <>
      {" "}
      <code>{short.replaceAll("\n", "⏎")}</code>
    </>
  );
}
