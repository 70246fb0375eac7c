import { memoryReplayStore } from "@countersign/core";
import { jwks, type KeyFetch } from "@countersign/core/keys";
import { fakeClock } from "@countersign/core/testing";
import { webhook } from "@countersign/express";
import { googlePubSub } from "@countersign/tokens/providers";
import express from "express";
import request from "supertest";
import { expect, test } from "vitest";
import { compact, otherRsa, type Pair, rsa } from "./make.ts";

/** The README's app: an Express route, keys that are fetched, and Pub/Sub's retries handled once. */

const NOW = 1_784_000_000_000;
const CLAIMS = {
  iss: "https://accounts.google.com",
  aud: "https://example.com/hooks/pubsub",
  email: "push@my-project.iam.gserviceaccount.com",
  email_verified: true,
  iat: NOW / 1000,
  exp: NOW / 1000 + 3600,
};
const BODY = '{"message":{"data":"aGVsbG8=","messageId":"1","publishTime":"2026-07-14T00:00:00Z"},"subscription":"s"}';

test("a route is served, its keys are rotated, and a source that is down is 503", async () => {
  const clock = fakeClock(NOW);
  let published: Pair | undefined;
  const fetch: KeyFetch = () => {
    const keys = published === undefined ? [] : [JSON.parse(published.jwk({ kid: published === rsa ? "a" : "b" }))];
    return Promise.resolve(new Response(JSON.stringify({ keys }), { status: published === undefined ? 500 : 200 }));
  };
  const handled: string[] = [];
  const app = express();
  const pubsub = googlePubSub({ audience: CLAIMS.aud, serviceAccount: CLAIMS.email });
  const secret = jwks("https://www.googleapis.com/oauth2/v3/certs", { fetch, clock });
  const route = webhook(pubsub, { secret, clock, replay: memoryReplayStore({ clock }), log: false });
  app.post("/hooks/pubsub", route, (req, res) => {
    handled.push(atob(req.webhook.payload.message.data ?? ""));
    res.sendStatus(204);
  });
  const post = async (kid: string, pair: Pair, body = BODY, claims: object = {}) => {
    const token = compact({ alg: "RS256", kid, typ: "JWT" }, { ...CLAIMS, ...claims }, pair.privateKey);
    const sent = request(app).post("/hooks/pubsub").set("authorization", `Bearer ${token}`);
    return (await sent.set("content-type", "application/json").send(body)).status;
  };

  expect(await post("a", rsa)).toBe(503);
  published = rsa;
  clock.advance(1_000);
  expect(await post("a", rsa)).toBe(204);
  expect(await post("a", rsa)).toBe(200); // The retry, known by its message.
  expect(await post("a", otherRsa, BODY.replace('"1"', '"2"'))).toBe(401);
  expect(await post("a", rsa, BODY.replace('"1"', '"2"'), { email: "somebody@else" })).toBe(401);
  published = otherRsa;
  expect(await post("b", otherRsa, BODY.replace('"1"', '"3"'))).toBe(204);
  expect(handled).toEqual(["hello", "hello"]);
});
