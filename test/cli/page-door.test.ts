/** Who gets at the live page: attacks by plain HTTP, as another page, another program or another name would make them. */
import { request } from "node:http";
import { connect } from "node:net";
import { afterAll, describe, expect, test } from "vitest";
import { SECRETS, seen } from "./command.ts";
import { deliver, GITHUB, listenWithPage } from "./page.ts";

afterAll(() => expect(seen()).toEqual([]));

interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

function ask(origin: string, path: string, { method = "GET", headers = {}, body = "" }: Asked = {}) {
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
    const outgoing = request(origin + path, { method, headers, agent: false }, (response) => {
      let text = "";
      const answer = () => ({ status: response.statusCode ?? 0, headers: response.headers, text });
      response.on("data", (chunk) => {
        text += chunk;
        // A stream has no end.
        if (response.headers["content-type"] === "text/event-stream") {
          resolve(answer());
          outgoing.destroy();
        }
      });
      response.on("end", () => resolve(answer()));
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

describe("the live page's door", () => {
  test("is on loopback, on a port of its own, and not on the receiver's", async () => {
    const { url, origin, token } = await listenWithPage(...GITHUB);
    expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(origin).not.toBe(url);
    expect(token).toMatch(/^[\w-]{43}$/);
    const through = await fetch(`${url}/api/stream`, { headers: { authorization: `Bearer ${token}` } });
    expect([through.status, await through.text()]).toEqual([405, ""]);
  });

  test("shows nothing without the token, nor with a part or another of it", async () => {
    const { url, origin, token } = await listenWithPage(...GITHUB);
    await deliver(url, '{"action":"a-body-of-theirs"}');
    const bearer = (given: string) => ({ headers: { authorization: `Bearer ${given}` } });
    const wrong = ["", token.slice(0, -1), `${token}a`, token.replace(/.$/, (last) => (last === "A" ? "B" : "A"))];
    for (const path of ["/api/stream", "/api/delivery/1", "/api/copy/1/curl", "/api/outbox", "/api/nothing"]) {
      expect((await ask(origin, path)).status).toBe(401);
      for (const given of wrong) expect((await ask(origin, path, bearer(given))).status).toBe(401);
      expect((await ask(origin, path, { headers: { cookie: `token=${token}` } })).status).toBe(401);
      expect((await ask(origin, `${path}?token=${token}`)).status).toBe(401);
    }
    expect((await ask(origin, "/api/delivery/1", bearer(token))).status).toBe(200);
    for (const path of ["/", "/app.js", "/app.css", "/icon.svg"]) {
      const { status, text } = await ask(origin, path);
      expect([status, text.includes(token), text.includes("a-body-of-theirs")]).toEqual([200, false, false]);
    }
  });

  test("answers to its own name alone: DNS rebinding", async () => {
    const { origin, token } = await listenWithPage(...GITHUB);
    const { port } = new URL(origin);
    for (const host of [
      "evil.example",
      `evil.example:${port}`,
      `localhost:${port}`,
      "127.0.0.1",
      `127.0.0.1:${port}.`,
    ]) {
      for (const path of ["/", "/api/stream"]) {
        const headers = { host, authorization: `Bearer ${token}` };
        expect((await ask(origin, path, { headers })).status).toBe(421);
      }
    }
  });

  test("takes no request of another page, also of one on this machine", async () => {
    const { origin, token } = await listenWithPage(...GITHUB);
    const authorization = `Bearer ${token}`;
    const json = { "content-type": "application/json" };
    const post = (
      headers: Record<string, string>,
      body = '{"provider":"github","path":"/","body":"{}","send":false}',
    ) => ask(origin, "/api/sign", { method: "POST", headers, body });
    expect((await post({ ...json, authorization, origin })).status).toBe(200);
    expect((await post({ ...json, authorization })).status).toBe(403);
    for (const other of [
      "https://evil.example",
      "http://127.0.0.1:3000",
      "http://localhost:3000",
      "null",
      `${origin}.evil.example`,
    ]) {
      expect((await post({ ...json, authorization, origin: other })).status).toBe(403);
      expect((await ask(origin, "/api/stream", { headers: { authorization, origin: other } })).status).toBe(403);
      expect((await ask(origin, "/", { headers: { origin: other } })).status).toBe(403);
    }
    for (const site of ["cross-site", "same-site", "none"]) {
      const headers = { authorization, "sec-fetch-site": site };
      expect((await ask(origin, "/api/delivery/1", { headers })).status).toBe(403);
    }
    // What a form of another page could send.
    expect((await post({ authorization, origin, "content-type": "text/plain" })).status).toBe(400);
    const preflight = { origin: "http://127.0.0.1:3000", "access-control-request-method": "POST" };
    const asked = await ask(origin, "/api/sign", { method: "OPTIONS", headers: preflight });
    expect([asked.status, asked.headers["access-control-allow-origin"]]).toEqual([403, undefined]);
  });

  test("lets nothing be run, framed, cached or sniffed", async () => {
    const { origin } = await listenWithPage();
    for (const path of ["/", "/app.js", "/api/stream", "/nothing"]) {
      const { headers } = await ask(origin, path);
      const policy = String(headers["content-security-policy"]);
      expect(policy).toMatch(/^default-src 'none'; /);
      for (const part of ["script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"])
        expect(policy.split("; ")).toContain(part);
      expect(policy).not.toMatch(/unsafe|\*|https?:|data:/);
      expect(headers).toMatchObject({
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
      });
      expect(headers["set-cookie"]).toBeUndefined();
    }
    const { text } = await ask(origin, "/");
    expect(text).not.toMatch(/<script>|<style|\son\w+=|style=/);
  });

  test("a ticket is no token, and nothing is one twice", async () => {
    const { origin, token } = await listenWithPage();
    const redeem = (ticket: unknown) =>
      ask(origin, "/session", {
        method: "POST",
        headers: { origin, "content-type": "application/json" },
        body: JSON.stringify({ ticket }),
      });
    for (const ticket of ["", token, null, {}, "x".repeat(1_000)]) expect((await redeem(ticket)).status).toBe(401);
  });

  test("bounds what it is sent, and outlives nonsense", async () => {
    const { origin, token } = await listenWithPage(...GITHUB);
    const headers = { origin, authorization: `Bearer ${token}`, "content-type": "application/json" };
    const post = (path: string, body: string) => ask(origin, path, { method: "POST", headers, body });
    for (const body of [
      "",
      "[]",
      "null",
      "{",
      "7",
      '{"id":"__proto__","how":"as-is"}',
      '{"id":1e99,"how":"x"}',
      '{"id":"1"}',
    ])
      expect((await post("/api/resend", body)).status).toBe(400);
    const large = await post("/api/sign", "x".repeat(6_000_000)).catch(() => ({ status: 400 }));
    expect(large.status).toBe(400);
    for (const path of [
      "/api/__proto__",
      "/api/constructor",
      "/../package.json",
      "/dist/browser/app.js",
      "//evil.example/",
    ])
      expect((await ask(origin, path, { headers: { authorization: headers.authorization } })).status).toBe(404);
    const { hostname, port } = new URL(origin);
    const socket = connect(Number(port), hostname);
    socket.on("error", () => {}).resume();
    socket.write("GET / HTTP/1.1\r\nHost: x\r\n\0\r\n\r\n");
    await new Promise((resolve) => socket.on("close", resolve));
    expect((await ask(origin, "/")).status).toBe(200);
  });

  test("tells no secret: not in a delivery, a copy or the stream", async () => {
    const told: string[] = [];
    for (const provider of ["github", "tappass", "standard-webhooks"]) {
      const name = provider === "standard-webhooks" ? "STANDARD_SECRET" : "WEBHOOK_SECRET";
      const set = provider === "tappass" ? ["--set", "header=authorization"] : [];
      const { url, origin, token } = await listenWithPage("--provider", provider, ...set, "--secret-env", name);
      const authorization = `Bearer ${token}`;
      await fetch(url, {
        method: "POST",
        body: "{}",
        headers: { authorization: `Bearer ${SECRETS[name]}`, "x-other": SECRETS[name] },
      });
      const paths = ["stream", "delivery/1", "copy/1/curl", "copy/1/test", "copy/1/fixture", "chat/1"];
      for (const path of paths) told.push((await ask(origin, `/api/${path}`, { headers: { authorization } })).text);
      const headers = { origin, authorization, "content-type": "application/json" };
      const body = JSON.stringify({ provider, path: "/", body: "{}", send: false });
      told.push((await ask(origin, "/api/sign", { method: "POST", headers, body })).text);
    }
    expect(told.length).toBe(21);
    for (const secret of Object.values(SECRETS)) for (const text of told) expect(text).not.toContain(secret);
    expect(told[1]).toContain("not shown");
  });
});
