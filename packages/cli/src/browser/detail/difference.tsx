import { useMemo } from "preact/hooks";
import type { Detail } from "../../page/wire.ts";
import { bytesOf, textOf } from "../bytes.ts";
import { nameOf } from "../deliveries.ts";
import { type DiffLine, diffLines, firstDifference } from "../diff.ts";
import { pretty } from "../pretty.ts";

interface DifferenceProps {
  readonly from: Detail;
  readonly to: Detail;
  readonly end: () => void;
}

/** More lines are not shown. */
const MOST = 2_000;
/** So many lines that are the same stand around what differs. */
const AROUND = 3;

/** What differs between two deliveries: head, headers, body. */
export function Difference({ from, to, end }: DifferenceProps) {
  const [left, right] = useMemo(() => [bytesOf(from.body), bytesOf(to.body)] as const, [from.body, to.body]);
  const place = firstDifference(left, right);
  const head = useMemo(() => diffLines(headOf(from), headOf(to)), [from, to]);
  const body = useMemo(() => diffLines(linesOf(left), linesOf(right)), [left, right]);
  const same = body.every(({ side }) => side === "both");
  return (
    <>
      <p>
        <span class="removed">{`− ${nameOf(from)}`}</span> <span class="added">{`+ ${nameOf(to)}`}</span>{" "}
        <button type="button" class="plain" onClick={end}>
          End the comparison
        </button>
      </p>
      <h3>Head</h3>
      <Lines lines={head} />
      <h3>Body</h3>
      {place === -1 ? (
        <p>The bodies are the same, byte for byte.</p>
      ) : (
        <>
          <p>
            {same ? "The same JSON in other bytes. " : ""}
            {`They first differ at byte ${place}: ${byteAt(left, place)} and ${byteAt(right, place)}.`}
          </p>
          <Lines lines={same ? diffLines(rawLines(left), rawLines(right)) : body} />
        </>
      )}
    </>
  );
}

function byteAt(bytes: Uint8Array, place: number): string {
  const byte = bytes[place];
  if (byte === undefined) return "the end";
  const sign = byte > 32 && byte < 127 ? ` (${String.fromCharCode(byte)})` : "";
  return `${byte.toString(16).padStart(2, "0")}${sign}`;
}

function headOf({ method, called, headers, standing, code, status }: Detail): string[] {
  const verdict = standing === "unjudged" ? "not judged" : code;
  return [
    `verdict: ${verdict}, answered ${status}`,
    `${method} ${called}`,
    ...headers.map(([name, value]) => `${name.toLowerCase()}: ${value}`).sort(),
  ];
}

function linesOf(bytes: Uint8Array): string[] {
  const text = textOf(bytes, true) ?? rows(bytes);
  const shown = pretty(text);
  return (typeof shown === "string" ? shown : shown.map((token) => token.text).join("")).split("\n");
}

function rawLines(bytes: Uint8Array): string[] {
  const text = textOf(bytes, true) ?? rows(bytes);
  return text.split("\n").map((line) => line.replaceAll("\r", "␍").replaceAll("\t", "␉"));
}

function rows(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"));
  return Array.from({ length: Math.ceil(hex.length / 16) }, (_, i) => hex.slice(16 * i, 16 * i + 16).join(" ")).join(
    "\n",
  );
}

const SIGNS = { both: " ", first: "−", second: "+" } as const;
const CLASSES = { both: "", first: "removed", second: "added" } as const;
const NAMES = { both: "", first: "only in the first: ", second: "only in the second: " } as const;

function Lines({ lines }: { readonly lines: readonly DiffLine[] }) {
  const all = useMemo(() => nearDifferences(lines), [lines]);
  const near = all.slice(0, MOST);
  return (
    <pre class="text diff">
      {near.map((line, i) =>
        line === undefined ? (
          <span key={i} class="quiet">
            {"  ⋯\n"}
          </span>
        ) : (
          <span key={i} class={CLASSES[line.side]}>
            <span aria-hidden="true">{`${SIGNS[line.side]} `}</span>
            <span class="aside">{NAMES[line.side]}</span>
            {`${line.text}\n`}
          </span>
        ),
      )}
      {all.length > near.length && <span class="quiet">{`${all.length - near.length} more lines`}</span>}
    </pre>
  );
}

/** What differs with some lines around; `undefined` where others were left out. */
function nearDifferences(lines: readonly DiffLine[]): readonly (DiffLine | undefined)[] {
  const kept = new Uint8Array(lines.length);
  for (const [i, { side }] of lines.entries())
    if (side !== "both") kept.fill(1, Math.max(0, i - AROUND), i + AROUND + 1);
  if (!kept.includes(1)) return lines.slice(0, 200);
  return lines.flatMap((line, i) => (kept[i] === 1 ? [line] : i === 0 || kept[i - 1] === 1 ? [undefined] : []));
}
