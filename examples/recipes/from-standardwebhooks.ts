/** From `standardwebhooks`: the same secret. */
import { createVerifier } from "@countersign/core";
import { standardWebhooks } from "@countersign/core/providers";
import { Webhook } from "standardwebhooks";

const secret = process.env.WEBHOOK_SECRET!;

export async function before(request: Request): Promise<Response> {
  try {
    const payload = new Webhook(secret).verify(await request.text(), Object.fromEntries(request.headers));
    console.log(payload);
    return new Response(null, { status: 204 });
  } catch {
    return new Response(null, { status: 400 });
  }
}

const verifier = createVerifier(standardWebhooks, { secret });

export const after = (request: Request) => verifier.handle(request, ({ payload }) => console.log(payload));
