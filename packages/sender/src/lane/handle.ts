import type { Placed } from "../outbox/placing.ts";
import type { Waiting } from "./followed.ts";
import type { Outcome, SendHandle, SendPlacement } from "./outcome.ts";
import type { Outcomes } from "./outcomes.ts";

/** An end at one endpoint that is known, or an item whose end is to come. */
type Ending = Outcome | { readonly item: string; readonly waiting: Waiting };

/** What `send` gives back: where the event was placed, and a way to wait for its ends. */
export function makeHandle(
  id: string,
  placed: readonly Placed[],
  dropped: readonly string[],
  outcomes: Outcomes,
): SendHandle {
  const placements: SendPlacement[] = [];
  const endings: Ending[] = [];
  for (const one of placed) {
    const { endpoint, item } = one;
    const status = statusOf(one);
    placements.push({ endpoint, status });
    if (status === "queued" || (status === "duplicate" && outcomes.knows(item))) {
      endings.push({ item, waiting: outcomes.follow(item, endpoint) });
    } else endings.push(ended(endpoint, status === "removed" ? "cancelled" : status));
  }
  for (const endpoint of dropped) {
    placements.push({ endpoint, status: "dropped" });
    endings.push(ended(endpoint, "discarded"));
  }
  return { id, placements, outcome: () => new Promise((resolve) => gather(endings, outcomes, resolve)) };
}

/** One promise for all of them, however many there are. */
function gather(endings: readonly Ending[], outcomes: Outcomes, done: (all: readonly Outcome[]) => void): void {
  const all: Outcome[] = [];
  let left = endings.length;
  if (left === 0) done(all);
  endings.forEach((ending, index) => {
    const end = (outcome: Outcome) => {
      all[index] = outcome;
      left -= 1;
      if (left === 0) done(all);
    };
    if ("waiting" in ending) outcomes.whenEnded(ending.item, ending.waiting, end);
    else end(ending);
  });
}

function ended(endpoint: string, status: Outcome["status"]): Outcome {
  return { endpoint, status, attempts: 0, history: [] };
}

function statusOf({ created, removed, conflict }: Placed): "queued" | "removed" | "conflict" | "duplicate" {
  if (created) return "queued";
  if (removed) return "removed";
  return conflict ? "conflict" : "duplicate";
}
