import { ConfigurationError, type Delivery } from "@countersign/core";
import type { FastifyInstance, FastifyRequest } from "fastify";

const DELIVERY = Symbol("countersign.delivery");
type Kept = FastifyRequest & { [DELIVERY]: Delivery | null };

/** Makes `request.webhook` of every route say why it is not there, where nothing has verified the request. */
export function decorateRequest(app: FastifyInstance): void {
  app.decorateRequest(DELIVERY, null);
  app.decorateRequest("webhook", {
    getter(this: FastifyRequest) {
      const delivery = (this as Kept)[DELIVERY];
      if (delivery === null) throw new ConfigurationError("request.webhook", whyNot(this), "not_verified");
      return delivery as Delivery<any>;
    },
    setter(this: FastifyRequest, delivery: Delivery<any>) {
      (this as Kept)[DELIVERY] = delivery;
    },
  } as never);
}

function whyNot({ routeOptions: { method, url, config } }: FastifyRequest): string {
  const route = `${[method].flat().join(", ")} ${url ?? "(no route)"}`;
  return config?.webhook === undefined
    ? `request.webhook was read on ${route}, and nothing verifies that route's requests: declare it with webhookRoute(), or give it config: { webhook: { provider, secret } }.`
    : `request.webhook was read on ${route} before the request was verified, or after it was refused: read it in the handler, or in a hook from preValidation on.`;
}
