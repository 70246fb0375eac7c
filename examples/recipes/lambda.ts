/** AWS Lambda: behind a function URL, and behind API Gateway's HTTP API (payload format 2.0). */
import { createVerifier } from "@countersign/core";
import { stripe } from "@countersign/core/providers";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";

const verifier = createVerifier(stripe, { secret: process.env.STRIPE_WEBHOOK_SECRET! });

export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const { requestContext, rawPath, rawQueryString, headers, isBase64Encoded } = event;
  const { status, ...answer } = await verifier.respond(
    {
      method: requestContext.http.method,
      url: `https://${requestContext.domainName}${rawPath}${rawQueryString && `?${rawQueryString}`}`,
      headers,
      body: Buffer.from(event.body ?? "", isBase64Encoded ? "base64" : "utf8"),
    },
    ({ payload }) => console.log(payload.type),
  );
  return { statusCode: status, headers: { ...answer.headers }, body: Buffer.from(answer.body).toString() };
}
