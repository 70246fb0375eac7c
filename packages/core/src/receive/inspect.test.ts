import { channel } from "node:diagnostics_channel";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { explain } from "../explain/explain.ts";
import { aperture, github, stripe } from "../providers/index.ts";
import { memoryReplayStore } from "../replay/memory.ts";
import { signedRequest } from "../testing/signed-request.ts";
import { createVerifier } from "../verifier.ts";
import type { InspectNotice } from "./inspect.ts";

const secret = "correct-horse-battery-staple";
const announced: InspectNotice[] = [];
const listener = (notice: unknown) => void announced.push(notice as InspectNotice);
const inspect = channel("countersign:inspect");
const watch = () => inspect.subscribe(listener);
afterEach(() => {
  inspect.unsubscribe(listener);
  announced.length = 0;
  vi.unstubAllEnvs();
});
const steps = () => announced.map(({ step, note, ok }) => `${ok ? "" : "! "}${step}: ${note}`);
const paid = () => signedRequest(stripe, { secret, payload: { type: "invoice.paid" } });

describe("each step is announced, in its order", () => {
  test("of a delivery with a replay store, and of the same again", async () => {
    watch();
    const verifier = createVerifier(stripe, { secret, replay: memoryReplayStore() });
    const request = await paid();
    await verifier.respond(request, () => ({ status: 201 }));
    expect(steps()).toEqual([
      "head: accepted",
      `body: ${request.body.length} bytes`,
      "verdict: genuine",
      "claim: claimed",
      "handler: called",
      "handler: answered 201",
      "settled: committed",
    ]);
    expect(announced[1]?.body).toEqual(request.body);
    expect(announced[2]).toMatchObject({ secretIndex: 0, timestamp: expect.any(Number) });
    expect(new Set(announced.map((notice) => notice.request)).size).toBe(1);
    announced.length = 0;
    await verifier.respond(request, () => undefined);
    expect(steps().slice(3)).toEqual(["! claim: handled before", "settled: answered as handled before"]);
  });

  test("of one whose handler throws", async () => {
    watch();
    const verifier = createVerifier(stripe, { secret, replay: memoryReplayStore() });
    const failing = verifier.respond(await paid(), () => {
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(steps().slice(-2)).toEqual(["! handler: threw", "! settled: released: a retry is let in"]);
  });

  test("of a Fetch request, and of one of node:http", async () => {
    watch();
    const verifier = createVerifier(stripe, { secret });
    const { url, method, headers, body } = await paid();
    const bytes = body as Uint8Array<ArrayBuffer>;
    await verifier.handle(
      new Request(url, { method, headers, body: bytes }),
      () => new Response(null, { status: 202 }),
    );
    const all = ["head", "body", "verdict", "handler", "handler"];
    expect(announced.map(({ step }) => step)).toEqual(all);
    expect(announced.at(-1)).toMatchObject({ status: 202, ok: true });
    announced.length = 0;
    const server = createServer((req, res) => verifier.handleIncoming(req, res, () => ({ status: 500 })));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { method, headers, body: bytes });
    await expect.poll(() => announced.map(({ step }) => step)).toEqual(all);
    expect(announced.at(-1)).toMatchObject({ status: 500, ok: false });
    server.close().closeAllConnections();
  });
});

test("a refusal can be explained with the secret, which the notice does not hold", async () => {
  watch();
  const request = { ...(await signedRequest(github, { secret, body: '{"a":1}' })), body: '{ "a": 1 }' };
  await createVerifier(github, { secret, log: false }).respond(request, () => undefined);
  const refused = announced.at(-1);
  expect(refused).toMatchObject({ step: "verdict", ok: false, note: "signature_mismatch", status: 401 });
  expect((await refused?.explained?.(explain))?.findings[0]?.code).toBe("body_reserialised");
  expect(JSON.stringify(announced)).not.toContain(secret);
});

test("the header that holds a credential is named", async () => {
  watch();
  const hook = aperture({ authorization: "x-api-key" });
  await createVerifier(hook, { secret }).respond(await signedRequest(hook, { secret, body: "{}" }), () => undefined);
  expect(announced[0]?.credentials).toEqual(["x-api-key"]);
});

test("nothing is announced in production, nor by a verifier that says so", async () => {
  watch();
  await createVerifier(stripe, { secret, inspect: false }).respond(await paid(), () => undefined);
  vi.stubEnv("NODE_ENV", "production");
  const warn = vi.fn();
  const log = { warn, error: vi.fn() };
  await createVerifier(stripe, { secret, inspect: true, log }).respond(await paid(), () => undefined);
  expect(announced).toEqual([]);
  expect(warn.mock.calls).toEqual([[{}, expect.stringContaining("inspect: true is for development")]]);
});

test("during development who asks for it is told how to look on, when nobody does", () => {
  vi.stubEnv("NODE_ENV", "development");
  const warn = vi.fn();
  const log = { warn, error: vi.fn() };
  createVerifier(stripe, { secret, inspect: true, log });
  expect(warn.mock.calls).toEqual([[{}, expect.stringContaining("npx countersign inspect -- node server.js")]]);
  watch();
  createVerifier(stripe, { secret, inspect: true, log });
  expect(warn).toHaveBeenCalledTimes(1);
  expect(() => createVerifier(stripe, { secret, inspect: "yes" as never })).toThrow("inspect must be true or false");
});
