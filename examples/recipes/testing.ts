/** What the tests of the recipes share: requests as the provider sends them, and servers to send them to. */
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { stripe } from "@countersign/core/providers";
import { type SignedRequest, signedRequest } from "@countersign/core/testing";
import { onTestFinished, vi } from "vitest";

export const event = { id: "evt_1", object: "event", type: "invoice.paid", data: { object: {} } };

/** A request of Stripe's, signed with the secret that the recipes read. */
export function fromStripe(payload: object = event): Promise<SignedRequest> {
  const secret = process.env.STRIPE_WEBHOOK_SECRET!;
  return signedRequest(stripe, { secret, body: JSON.stringify(payload), url: "https://example.com/hooks/stripe" });
}

/** The same signature over another body. */
export function tampered(request: SignedRequest): SignedRequest {
  const body = Buffer.from(Buffer.from(request.body).toString().replace("paid", "void"));
  if (body.equals(request.body)) throw new Error("Nothing was changed.");
  return { ...request, body };
}

export function toRequest({ url, method, headers, body }: SignedRequest): Request {
  return new Request(url, { method, headers, body: new Uint8Array(body) });
}

/** What the handlers print, instead of printing it. */
export function printed(): unknown[][] {
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  onTestFinished(() => log.mockRestore());
  return log.mock.calls;
}

/** Listens on a free port until the test ends; gives back the origin. */
export async function listen(server: Server | RequestListener): Promise<string> {
  const listening = typeof server === "function" ? createServer(server) : server;
  listening.listen(0, "127.0.0.1");
  await once(listening, "listening");
  onTestFinished(() => {
    listening.closeAllConnections();
    return new Promise<void>((resolve) => void listening.close(() => resolve()));
  });
  return originOf(listening);
}

export function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Sends a request to another origin, its path kept. */
export function sendTo(origin: string, { url, method, headers, body }: SignedRequest): Promise<Response> {
  return fetch(new URL(new URL(url).pathname, origin), { method, headers, body: new Uint8Array(body) });
}
