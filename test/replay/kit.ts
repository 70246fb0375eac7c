import { tailscale } from "@countersign/core/providers";
import { type SignedRequest, signedRequest } from "@countersign/core/testing";

export const secret = "tskey-webhook-replay";

/** A genuine Tailscale webhook whose one event says so; signed now, unless at another time. */
export function signed(message: string, at?: number): Promise<SignedRequest> {
  const payload = [{ timestamp: "", version: 1, type: "test", tailnet: "t", message }];
  return signedRequest(tailscale, { secret, payload, ...(at !== undefined && { timestamp: new Date(at) }) } as never);
}

/** Sends a signed request to a server on this machine, and waits for the whole answer; its status. */
export async function post({ method, headers, body }: SignedRequest, port: number): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/hook`, { method, headers, body: Buffer.from(body).toString() });
  await answer.arrayBuffer();
  return answer.status;
}
