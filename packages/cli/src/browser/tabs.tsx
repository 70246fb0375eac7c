import type { VNode } from "preact";

interface Tab {
  readonly name: string;
  readonly label: string;
  readonly body: () => VNode;
}

interface TabsProps {
  readonly label: string;
  readonly tabs: readonly Tab[];
  readonly chosen: string;
  readonly choose: (name: string) => void;
}

/** Tabs as the ARIA Authoring Practices have them: arrows go from one to the next, and what is gone to is shown. */
export function Tabs({ label, tabs, chosen, choose }: TabsProps) {
  const index = Math.max(
    0,
    tabs.findIndex(({ name }) => name === chosen),
  );
  const tab = tabs[index];
  const steps: Readonly<Record<string, number>> = {
    ArrowRight: (index + 1) % tabs.length,
    ArrowLeft: (index + tabs.length - 1) % tabs.length,
    Home: 0,
    End: tabs.length - 1,
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label={label}>
        {tabs.map(({ name, label: said }, i) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            aria-selected={i === index}
            aria-controls="panel"
            tabIndex={i === index ? 0 : -1}
            onClick={() => choose(name)}
            onKeyDown={(event) => {
              const to = tabs[steps[event.key] ?? -1];
              if (to === undefined) return;
              event.preventDefault();
              choose(to.name);
              document.getElementById(`tab-${to.name}`)?.focus();
            }}
          >
            {said}
          </button>
        ))}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the panel scrolls, and may hold nothing that takes the focus */}
      <div class="panel" role="tabpanel" id="panel" aria-labelledby={`tab-${tab?.name}`} tabIndex={0}>
        {tab?.body()}
      </div>
    </>
  );
}
