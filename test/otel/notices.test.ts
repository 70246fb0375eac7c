/** What core's diagnostics channels say of a verdict: there are none where the platform is no Node. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { type AcceptNotice, createVerifier, memoryReplayStore, type RejectNotice } from "@countersign/core";
import { tailscale } from "@countersign/core/providers";
import { signedRequest } from "@countersign/core/testing";
import { afterEach, expect, test } from "vitest";

const secret = "tskey-webhook-xxxxx";
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

function hear<Notice>(channel: string): Notice[] {
  const heard: Notice[] = [];
  const listener = (message: unknown) => void heard.push(message as Notice);
  subscribe(channel, listener);
  stops.push(() => void unsubscribe(channel, listener));
  return heard;
}

test("what is let in is told once, with the very delivery: not a refusal, nor a duplicate that is answered 200", async () => {
  const accepted = hear<AcceptNotice>("countersign:accept");
  const rejected = hear<RejectNotice>("countersign:reject");
  const verifier = createVerifier(tailscale, { secret, log: false, replay: memoryReplayStore() });
  const request = await signedRequest(tailscale, { secret, payload: [] });
  const delivery = await verifier.verify(request);
  await delivery.commit();
  await expect(verifier.verify(request)).rejects.toMatchObject({ code: "duplicate" });
  await expect(verifier.verify({ headers: {}, body: "" })).rejects.toMatchObject({ code: "missing_signature" });
  expect(accepted).toHaveLength(1);
  expect(accepted[0]).toMatchObject({ provider: "tailscale", request: { headers: request.headers } });
  expect(accepted[0]?.delivery).toBe(delivery);
  expect(rejected.map(({ provider, error }) => [provider, error.code])).toEqual([["tailscale", "missing_signature"]]);
});

test("every door tells it: Fetch and node:http's way of chunks", async () => {
  const accepted = hear<AcceptNotice>("countersign:accept");
  const verifier = createVerifier(tailscale, { secret, log: false });
  const { headers, body } = await signedRequest(tailscale, { secret, payload: [] });
  const init = { method: "POST", headers: headers as Record<string, string>, body: body as Uint8Array<ArrayBuffer> };
  await verifier.handle(new Request("http://localhost/hook", init), () => undefined);
  const incoming = await verifier.begin({ method: "POST", headers });
  if (!("finish" in incoming)) throw new Error("refused");
  incoming.update(body);
  await incoming.finish();
  expect(accepted).toHaveLength(2);
});
