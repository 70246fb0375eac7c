/** The results as a page of core's documentation, and the peers as a drawing for the README. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { ROOT } from "../packed/pack.ts";
import { figure, type Row, reaches } from "./measure.ts";

const PAGE = "packages/core/docs/benchmarks.md";
const DRAWING = "test/bench/peers.svg";

export function writeReport(parts: ReadonlyMap<string, readonly Row[]>, today: string): void {
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: ROOT, encoding: "utf8" }).trim();
  const machine = `${cpus().length} cores of ${cpus()[0]?.model.trim() ?? "a machine"}, Node ${process.versions.node}`;
  const page = [
    "# Benchmarks",
    "",
    "How fast is it, against what, and how was that measured? `npm run bench -- --write` writes this page. Each figure is a ratio of two sides that ran in one process, in turn, in many short slices: the 15th percentile of their CPU time, and the middle half of what single rounds said. Ratios carry over to other machines, times do not.",
    "",
    `${today}, commit ${commit}, ${machine}.`,
    ...[...parts].flatMap(([name, rows]) => ["", `## ${name[0]?.toUpperCase()}${name.slice(1)}`, "", ...table(rows)]),
    "",
  ];
  writeFileSync(join(ROOT, PAGE), page.join("\n"));
  const peers = parts.get("peers");
  if (peers !== undefined) writeFileSync(join(ROOT, DRAWING), drawing(peers));
}

function table(rows: readonly Row[]): string[] {
  return [
    "| Row | Figure | Rounds | Asked | Times |",
    "| --- | --- | --- | --- | --- |",
    ...rows.map((row) => {
      const rounds = row.spread === undefined ? "" : row.spread.map((value) => value.toFixed(2)).join("–");
      const asked = row.target === undefined ? "" : `${row.target.join(" ")}${reaches(row) ? "" : ", missed"}`;
      return `| ${[row.name, figure(row), rounds, asked, row.note].map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`.replace(
        / {2,}/g,
        " ",
      );
    }),
  ];
}

/** A bar for each: how much longer it takes than ours for the same work. */
function drawing(rows: readonly Row[]): string {
  const [left, wide, high] = [190, 330, 26];
  const most = Math.max(...rows.map(({ value }) => value), 1);
  const scale = (value: number) => Math.round((value / most) * wide);
  const bars = rows.map(({ name, value }, index) => {
    const y = 34 + index * high;
    const who = name.replace(" / ours", "");
    return `  <text x="${left - 8}" y="${y + 13}" text-anchor="end">${who}</text><rect x="${left}" y="${y}" width="${scale(value)}" height="18" rx="2"/><text x="${left + scale(value) + 6}" y="${y + 13}">${value.toFixed(2)}×</text>`;
  });
  const bottom = 40 + rows.length * high;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="600" height="${bottom + 10}" viewBox="0 0 600 ${bottom + 10}" role="img" aria-label="How much longer other libraries take than countersign to verify 1 KB">
  <style>text { font: 12px system-ui, sans-serif; fill: #57606a } rect { fill: #2f81f7 } line { stroke: #cf222e; stroke-dasharray: 3 3 }</style>
  <text x="${left}" y="20">CPU time to verify 1 KB; countersign is 1</text>
${bars.join("\n")}
  <line x1="${left + scale(1)}" x2="${left + scale(1)}" y1="28" y2="${bottom}"/>
</svg>
`;
}
