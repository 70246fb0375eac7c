import { standardWebhooks } from "@countersign/core/providers";
import { createSender, type EndpointOptions, type Sender, waits } from "@countersign/sender";
import { type RecordedAnswer, recordingReceiver } from "@countersign/sender/testing";

export const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/** A sender whose one endpoint is at this URL. */
export function senderTo(url: string, own: Partial<EndpointOptions> = {}): Sender {
  const sign = { provider: standardWebhooks, secret };
  return createSender({
    guard: "development",
    endpoints: [{ name: "billing", url, sign, retry: waits(["1m", "2m"]), ...own }],
  });
}

/** A receiver, and the sender that calls it. */
export async function stand(
  answer: (index: number) => RecordedAnswer | Promise<RecordedAnswer> = () => ({ status: 204 }),
) {
  const receiver = await recordingReceiver((_request, index) => answer(index));
  const sender = senderTo(receiver.url);
  const close = async () => {
    await sender.close();
    await receiver.close();
  };
  const ids = () => receiver.requests.map(({ headers }) => headers["webhook-id"]);
  return { receiver, sender, ids, close };
}
