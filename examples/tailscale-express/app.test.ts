import { tailscale } from "@countersign/core/providers";
import { signedRequest } from "@countersign/core/testing";
import request from "supertest";
import { expect, it } from "vitest";
import { build } from "./app.ts";

const secret = "tskey-webhook-xxxxx";
// Tailscale's own vector; the clock goes back to its day.
const body =
  '[{"timestamp":"2023-04-22T16:03:37.061963715Z","version":1,"type":"test","tailnet":"example.com","message":"This is a test event"}]';
const header = "t=1682179417,v1=3ef8ba1c7961a5f31f8c3dd7c577890584736c18da1101a2fbd0f0e2db913ec9";
const clock = () => 1_682_179_417_000;

it("handles Tailscale's own example once", async () => {
  const seen: string[] = [];
  const app = build({ secret, clock, onEvent: (event) => void seen.push(event.type) });
  const post = () =>
    request(app)
      .post("/hooks/tailscale")
      .set("content-type", "application/json")
      .set("tailscale-webhook-signature", header)
      .send(body);
  expect((await post()).status).toBe(204);
  expect((await post()).status).toBe(200);
  expect(seen).toEqual(["test"]);
});

it("lets the retry in when the handler failed", async () => {
  let calls = 0;
  const onEvent = () => {
    if (++calls < 3) throw new Error("the database is away");
  };
  const app = build({ secret, onEvent });
  app.use((_error: Error, _req: unknown, res: { sendStatus(status: number): void }, _next: unknown) =>
    res.sendStatus(500),
  );
  const signed = await signedRequest(tailscale, { secret, body });
  const statuses: number[] = [];
  for (let i = 0; i < 4; i++) {
    const response = await request(app)
      .post("/hooks/tailscale")
      .set(signed.headers)
      .send(Buffer.from(signed.body).toString());
    statuses.push(response.status);
  }
  expect(statuses).toEqual([500, 500, 204, 200]);
  expect(calls).toBe(3);
});

it("refuses a stranger and leaves other routes alone", async () => {
  const app = build({ secret });
  expect(
    (
      await request(app)
        .post("/hooks/tailscale")
        .send([{ type: "test" }])
    ).status,
  ).toBe(401);
  expect((await request(app).post("/echo").send({ a: 1 })).body).toEqual({ a: 1 });
});
