import type { Format } from "@countersign/core/event";
import { expect, test } from "vitest";
import { withData } from "./chats.ts";

const base = {
  platform: "slack",
  contentType: "application/json",
  rate: { requests: 1, per: 1_000 },
  destination: (url: URL) => url,
  judge: () => undefined,
  messages: (events: readonly { data: unknown }[]) => [
    { body: JSON.stringify(events.map(({ data }) => data)), cuts: [] },
  ],
} as const;
const event = { id: "1", type: "made", data: { a: 1 } } as never;

test("a format's threads were lost where its data was changed: events of different threads shared a request", () => {
  const format: Format = { ...base, group: ({ data }) => (data as { thread: string }).thread };
  const changed = withData(format, () => ({ thread: "t1" }));
  expect(changed.group?.(event)).toBe("t1");
  expect(changed.messages([event], { requestId: () => "" })[0]?.body).toBe('[{"thread":"t1"}]');
});

test("one without threads has none afterwards", () => {
  expect(withData(base as Format, () => ({})).group).toBeUndefined();
});
