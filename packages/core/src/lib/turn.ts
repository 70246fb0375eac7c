type Later = (work: () => void) => unknown;

// Taken when the module is loaded: a test that stops the clock later does not stop it.
const { setImmediate, setTimeout } = globalThis as { readonly setImmediate?: Later; readonly setTimeout: Later };
const later: Later = setImmediate ?? ((work) => setTimeout(work));

/** Lets everything else that waits have its turn: timers, sockets, signals. A resolved promise does not. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void later(resolve));
}
