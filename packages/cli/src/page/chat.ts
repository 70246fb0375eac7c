import type { Entry } from "./entry.ts";
import type { ChatView } from "./wire.ts";

export function chatViews(_: Entry): readonly ChatView[] {
  return [];
}
