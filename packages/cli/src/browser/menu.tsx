import { useLayoutEffect, useRef, useState } from "preact/hooks";

interface MenuItem {
  readonly name: string;
  readonly label: string;
  readonly run: () => void;
}

interface MenuProps {
  readonly label: string;
  readonly items: readonly MenuItem[];
}

/** A button with a menu behind it. Arrows go through it, Escape closes it. */
export function Menu({ label, items }: MenuProps) {
  const [open, setOpen] = useState(false);
  const whole = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const entries = () => [...(whole.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
  useLayoutEffect(() => {
    if (open) entries()[0]?.focus();
  }, [open]);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const all = entries();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1 + all.length,
      Home: 0,
      End: all.length - 1,
    };
    const to = steps[event.key];
    if (event.key === "Escape" && open) close();
    else if (to !== undefined && !open && event.key.startsWith("Arrow")) setOpen(true);
    else if (to !== undefined && open) all[to % all.length]?.focus();
    else return;
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it hears the keys of the button and the menu inside
    <div
      class="menu"
      ref={whole}
      onKeyDown={onKeyDown}
      onFocusOut={({ relatedTarget }) => whole.current?.contains(relatedTarget as Node | null) || setOpen(false)}
    >
      <button ref={button} type="button" aria-haspopup="menu" aria-expanded={open} onClick={() => setOpen(!open)}>
        {label} <span aria-hidden="true">▾</span>
      </button>
      {open && (
        <div class="menu-items" role="menu" aria-label={label}>
          {items.map(({ name, label: said, run }) => (
            <button
              key={name}
              type="button"
              role="menuitem"
              tabIndex={-1}
              onClick={() => {
                close();
                run();
              }}
            >
              {said}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
