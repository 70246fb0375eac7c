import { expect, it } from "vitest";
import { build } from "./app.ts";
import worker from "./worker.ts";

const env = { APERTURE_KEY: "an-aperture-key" };
const ask = (user_message: string, key = env.APERTURE_KEY, app: Pick<typeof worker, "fetch"> = build()) =>
  app.fetch(
    new Request("https://guard.example.com/hooks/aperture", {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({
        metadata: { request_id: "req_abc123" },
        user_message,
        request_body: { max_tokens: 4_096 },
      }),
    }),
    env,
  );

it("blocks a card number and trims what asks for too much", async () => {
  expect(await (await ask("Charge 4111 1111 1111 1111")).json()).toEqual({
    action: "block",
    status_code: 403,
    message: "That looks like a card number.",
  });
  expect(await (await ask("Write a function that sorts a list")).json()).toEqual({
    action: "modify",
    request_body: { max_tokens: 2_000 },
  });
});

it("runs as a Worker, with the key from its environment", async () => {
  expect((await ask("Hello", env.APERTURE_KEY, worker)).status).toBe(200);
  expect((await ask("Hello", "guessed", worker)).status).toBe(401);
});
