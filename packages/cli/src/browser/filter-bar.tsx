import type { RefObject } from "preact";
import type { Standing } from "../page/wire.ts";
import { type Filter, STANDINGS } from "./deliveries.ts";

interface FilterBarProps {
  readonly filter: Filter;
  readonly counts: Readonly<Record<Standing | "all", number>>;
  readonly shown: number;
  readonly change: (filter: Filter) => void;
  readonly search: RefObject<HTMLInputElement | null>;
}

const CHOICES: readonly (readonly [standing: Filter["standing"], label: string])[] = [
  ["all", "All"],
  ["genuine", STANDINGS.genuine],
  ["refused", STANDINGS.refused],
  ["unjudged", STANDINGS.unjudged],
];

export function FilterBar({ filter, counts, shown, change, search }: FilterBarProps) {
  const choices = CHOICES.filter(([standing]) => standing !== "unjudged" || counts.unjudged > 0);
  return (
    <search class="filter">
      <input
        ref={search}
        type="search"
        aria-label="Filter deliveries"
        aria-keyshortcuts="/"
        placeholder="Filter: event, provider, code, path …  ( / )"
        autocomplete="off"
        spellcheck={false}
        value={filter.text}
        onInput={({ currentTarget }) => change({ ...filter, text: currentTarget.value })}
        onKeyDown={({ key }) => key === "Escape" && change({ ...filter, text: "" })}
      />
      <fieldset class="choices">
        <legend class="aside">Verdict</legend>
        {choices.map(([standing, label]) => (
          <label key={standing}>
            <input
              type="radio"
              name="standing"
              checked={filter.standing === standing}
              onChange={() => change({ ...filter, standing })}
            />
            <span>
              {label} <b>{counts[standing]}</b>
            </span>
          </label>
        ))}
      </fieldset>
      {filter.text !== "" && <p class="aside" role="status">{`${shown} fit`}</p>}
    </search>
  );
}
