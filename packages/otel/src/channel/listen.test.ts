import { channel } from "node:diagnostics_channel";
import { senderChannels } from "@countersign/sender";
import { DiagLogLevel, diag } from "@opentelemetry/api";
import { afterEach, expect, test, vi } from "vitest";
import { observeSenders, type SenderTools } from "../sender/observe.ts";
import { listen } from "./listen.ts";

afterEach(() => diag.disable());

test("the sender's channels have the names that it publishes them under", () => {
  const names = Object.keys(observeSenders({ instruments: {} } as SenderTools));
  expect(names.length).toBeGreaterThan(5);
  expect(names.filter((name) => !(Object.values(senderChannels) as string[]).includes(name))).toEqual([]);
});

test("an exception in a listener ended the process: it is told to OpenTelemetry's own log", () => {
  const error = vi.fn();
  diag.setLogger({ error, warn() {}, info() {}, debug() {}, verbose() {} }, DiagLogLevel.ERROR);
  const stop = listen({
    "countersign:reject": () => {
      throw new Error("a propagator's own mistake");
    },
  });
  channel("countersign:reject").publish({});
  stop();
  channel("countersign:reject").publish({});
  expect(error).toHaveBeenCalledTimes(1);
});
