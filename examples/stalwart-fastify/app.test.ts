import type { StalwartEvent } from "@countersign/core/providers";
import { expect, it } from "vitest";
import { build } from "./app.ts";

const secret = "my-secret-key";
const payload =
  '{"events":[{"id":"1687359300037","createdAt":"2023-06-21T14:55:00Z","type":"auth.success","data":{"accountName":"jdoe@example.org","accountId":5,"spanId":302231454903657293}}]}';
const headers = { "content-type": "application/json", "x-signature": "4CYyWgNj2++tHn1W6vHeTRnwW1TSAcE5sBEcU/3V+fw=" };

it("handles Stalwart's own example once, its 64-bit number exact", async () => {
  const seen: StalwartEvent[] = [];
  const app = await build({ secret, onEvent: (event) => void seen.push(event) });
  expect((await app.inject({ method: "POST", url: "/hooks/stalwart", headers, payload })).statusCode).toBe(204);
  expect((await app.inject({ method: "POST", url: "/hooks/stalwart", headers, payload })).statusCode).toBe(200);
  expect(seen.map((event) => event.data?.["spanId"])).toEqual([302231454903657293n]);
});

it("refuses a stranger and leaves other routes alone", async () => {
  const app = await build({ secret });
  expect((await app.inject({ method: "POST", url: "/hooks/stalwart", payload: { events: [] } })).statusCode).toBe(401);
  expect((await app.inject({ method: "POST", url: "/echo", payload: { a: 1 } })).json()).toEqual({ a: 1 });
});

it("can be told to refuse old events", async () => {
  const app = await build({ secret, tolerance: { past: "6m", future: "1m" } });
  expect((await app.inject({ method: "POST", url: "/hooks/stalwart", headers, payload })).statusCode).toBe(401);
});
