interface Waiting<Ask, Answer> {
  readonly asks: readonly Ask[];
  readonly resolve: (answers: readonly Answer[]) => void;
  readonly reject: (error: unknown) => void;
}

/** The most of one call. */
const MOST = 500;
/** Of PostgreSQL's errors those that are about the values: data, integrity. The rest would meet each one alike. */
const OF_VALUES = /^2[23]/;

/**
 * Gathers what is asked while a call is under way into the next one, which costs one round trip and one commit. What is
 * refused in company is asked once more by itself, so that it takes nothing from the others.
 */
export function grouped<Ask, Answer>(
  call: (asks: readonly Ask[]) => Promise<readonly Answer[]>,
): (asks: readonly Ask[]) => Promise<readonly Answer[]> {
  const waiting: Waiting<Ask, Answer>[] = [];
  let running = false;

  async function ask(group: readonly Waiting<Ask, Answer>[]): Promise<void> {
    try {
      const answers = await call(group.flatMap(({ asks }) => asks));
      let from = 0;
      for (const { asks, resolve } of group) {
        resolve(answers.slice(from, from + asks.length));
        from += asks.length;
      }
    } catch (error) {
      if (group.length > 1 && OF_VALUES.test(String((error as { code?: unknown } | null)?.code))) {
        for (const one of group) await ask([one]);
      } else for (const { reject } of group) reject(error);
    }
  }

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      let size = 0;
      const end = waiting.findIndex(({ asks }, index) => {
        size += asks.length;
        return index > 0 && size > MOST;
      });
      const group = waiting.splice(0, end === -1 ? waiting.length : end);
      await ask(group);
    }
    running = false;
  }

  return (asks) =>
    new Promise((resolve, reject) => {
      waiting.push({ asks, resolve, reject });
      if (running) return;
      running = true;
      queueMicrotask(() => void run());
    });
}
