/** An application under `countersign inspect`: nothing in it is changed, and each delivery is shown step by step. */
import { join } from "node:path";
import { aperture, github, stripe } from "@countersign/core/providers";
import { signedRequest } from "@countersign/core/testing";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { ROOT } from "../packed/pack.ts";
import { left, leftOut, open } from "./browser.ts";
import { countersign, ENV, SECRETS, seen, start } from "./command.ts";

const secret = SECRETS.WEBHOOK_SECRET;
const TSX = join(ROOT, "node_modules", ".bin", "tsx");
const APP = join(ROOT, "test", "cli", "inspected-app.ts");
const cwd = join(ROOT, "test");

const running: ReturnType<typeof start>[] = [];
afterEach(() => {
  for (const one of running.splice(0)) one.process.kill("SIGTERM");
});
afterAll(() => expect(seen()).toEqual([]));

async function inspect() {
  const child = start(["inspect", "--", TSX, APP], { cwd });
  running.push(child);
  const said = await child.says(/ports .* \./, 25_000);
  const [page = ""] = /(?<=The page: )\S+/.exec(said) ?? [];
  const ports = /ports (\d+) (\d+) (\d+)/.exec(said)?.slice(1) ?? [];
  const [origin = "", token = ""] = page.split("/#");
  const api = async (path: string) =>
    (await fetch(`${origin}/api/${path}`, { headers: { authorization: `Bearer ${token}` } })).json() as Promise<any>;
  const post = async (i: number, path: string, request: Awaited<ReturnType<typeof signedRequest>>) => {
    const body = request.body as Uint8Array<ArrayBuffer>;
    return (await fetch(`http://127.0.0.1:${ports[i]}${path}`, { method: "POST", headers: request.headers, body }))
      .status;
  };
  return { ...child, page, origin, token, ports, api, post };
}

const steps = (detail: any) => detail.steps?.map(({ name, note }: any) => `${name}: ${note}`);

/** As Aperture asks. */
const ASKED = {
  metadata: { login_name: "alice@example.com", model: "m", request_id: "req_abc123" },
  request_body: { model: "m", messages: [{ role: "user", content: "hello" }] },
  user_message: "hello",
};

describe("countersign inspect", () => {
  test("shows each step of Express, Fastify and Hono, and no more than they let it", async () => {
    const { api, post, ports } = await inspect();
    const push = await signedRequest(github, { secret, payload: { action: "opened" } as never });
    expect(await post(0, "/hooks/private", push)).toBe(200);
    expect(await post(0, "/hooks/github", push)).toBe(202);
    const one = [
      "head: accepted",
      "body: 19 bytes",
      "verdict: genuine",
      "claim: claimed",
      "handler: called",
      "settled: committed",
      "handler: answered 202",
    ];
    await expect.poll(async () => steps(await api("delivery/1"))).toEqual(one);
    expect(await api("delivery/1")).toMatchObject({
      event: "opened",
      provider: "github",
      standing: "genuine",
      status: 202,
      from: expect.stringMatching(/^inspected-app\.ts, process \d+$/),
      signed: { body: "whole" },
    });

    expect(await post(0, "/hooks/github", { ...push, body: Buffer.from('{ "action": "opened" }') })).toBe(401);
    await expect.poll(async () => (await api("delivery/2")).causes?.[0]?.code).toBe("body_reserialised");
    expect(await api("delivery/2")).toMatchObject({ standing: "refused", code: "signature_mismatch", status: 401 });

    const paid = await signedRequest(stripe, { secret, payload: { type: "invoice.paid" } as never });
    expect(await post(1, "/hooks/stripe", paid)).toBe(204);
    await expect.poll(async () => (await api("delivery/3")).status).toBe(204);

    const hook = aperture({ authorization: "x-api-key" });
    expect(await post(2, "/hooks/key", await signedRequest(hook, { secret, payload: ASKED as never }))).toBe(200);
    await expect.poll(async () => (await api("delivery/4")).status).toBe(200);
    const shown = JSON.stringify(await api("delivery/4"));
    expect(shown).toContain("not shown");
    expect(shown).not.toContain(secret);
    expect((await api("delivery/4")).called).toContain(ports[2]);
  });

  test.skipIf(leftOut)("sends again to the application, from its page", async () => {
    const { page: address, post } = await inspect();
    await post(0, "/hooks/github", await signedRequest(github, { secret, payload: { action: "opened" } as never }));
    const opened = await open(address);
    const { page } = opened;
    await page.getByRole("option").click();
    await page.getByText("committed").waitFor();
    await page.getByRole("button", { name: "Tamper" }).click();
    await page.getByRole("menuitem", { name: "One byte of the body changed" }).click();
    await page.getByText(/answered 401 .* refused as it should be/).waitFor();
    await page.getByRole("button", { name: "Re-send", exact: true }).click();
    await page.getByText(/Sent again, as it was: answered 200/).waitFor();
    await expect.poll(() => page.getByRole("option").count()).toBe(3);
    await left(opened);
  });

  test("ends with what it runs, by Ctrl-C too, and leaves nothing behind", async () => {
    const node = (code: string) => countersign(["inspect", "--json", "--", process.execPath, "-e", code]);
    const ended = await node("process.exitCode = 3");
    expect(ended.code).toBe(1);
    expect(
      ended.stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).kind),
    ).toEqual(["inspecting", "ended"]);
    expect((await node("0")).code).toBe(0);
    const child = start(["inspect", "--", process.execPath, "-e", "setInterval(() => {}, 1e6); console.log('up')"]);
    await child.says("up");
    child.process.kill("SIGINT");
    expect((await child.ended).code).toBe(0);
    expect(await countersign(["inspect", "--", "no-such-program-anywhere"])).toMatchObject({ code: 3 });
  });

  test("is nothing for production", async () => {
    const args = ["inspect", "--", process.execPath, "-e", "console.log(1)"];
    const { code, stdout, stderr } = await countersign(args, { env: { ...ENV, NODE_ENV: "production" } as never });
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("NODE_ENV is production");
  });
});

test("what a process tells is taken with its token alone", async () => {
  const print = "console.log('at ' + process.env.COUNTERSIGN_INSPECT + ' .'); setInterval(() => {}, 1e6)";
  const child = start(["inspect", "--", process.execPath, "-e", print]);
  running.push(child);
  const said = await child.says(/at http.* \./);
  const url = new URL(/(?<=at )\S+/.exec(said)?.[0] ?? "");
  const token = url.hash.slice(1);
  const post = (headers: Record<string, string>, body = "{}") =>
    fetch(url, { method: "POST", headers, body }).then(
      ({ status }) => status,
      () => 0,
    );
  expect(await post({})).toBe(403);
  expect(await post({ authorization: `Bearer ${token.slice(1)}` })).toBe(403);
  expect(await post({ authorization: `Bearer ${token}`, origin: "http://127.0.0.1:3000" })).toBe(403);
  for (const body of ["", "null", "[]", '"x"', '{"headers":7}', '{"body":{}}', '{"steps":null}'])
    expect(await post({ authorization: `Bearer ${token}` }, body)).toBe(0);
  expect(child.process.exitCode).toBeNull();
});
