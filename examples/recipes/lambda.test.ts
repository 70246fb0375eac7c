import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { describe, expect, it } from "vitest";
import { handler } from "./lambda.ts";
import { fromStripe, printed, event as stripeEvent, tampered } from "./testing.ts";

/** The sample of a function URL's event: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html */
const functionUrl = {
  version: "2.0",
  routeKey: "$default",
  rawPath: "/hooks/stripe",
  rawQueryString: "",
  requestContext: {
    accountId: "123456789012",
    apiId: "<urlid>",
    domainName: "<url-id>.lambda-url.us-west-2.on.aws",
    domainPrefix: "<url-id>",
    http: {
      method: "POST",
      path: "/hooks/stripe",
      protocol: "HTTP/1.1",
      sourceIp: "123.123.123.123",
      userAgent: "agent",
    },
    requestId: "id",
    routeKey: "$default",
    stage: "$default",
    time: "12/Mar/2020:19:03:58 +0000",
    timeEpoch: 1_583_348_638_390,
  },
};

/** The sample of an HTTP API's event, payload format 2.0: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
const httpApi = {
  ...functionUrl,
  routeKey: "POST /hooks/{provider}",
  rawQueryString: "parameter1=value1&parameter1=value2",
  pathParameters: { provider: "stripe" },
  queryStringParameters: { parameter1: "value1,value2" },
  stageVariables: { stageVariable1: "value1" },
  requestContext: {
    ...functionUrl.requestContext,
    apiId: "api-id",
    domainName: "id.execute-api.us-east-1.amazonaws.com",
    domainPrefix: "id",
  },
};

describe.each(Object.entries({ "a function URL": functionUrl, "API Gateway's HTTP API": httpApi }))(
  "behind %s",
  (_, sample) => {
    it.each([false, true])("with a body in base64: %s", async (isBase64Encoded) => {
      const lines = printed();
      const lambdaEvent = ({ headers, body }: Awaited<ReturnType<typeof fromStripe>>): APIGatewayProxyEventV2 => ({
        ...sample,
        headers,
        body: Buffer.from(body).toString(isBase64Encoded ? "base64" : "utf8"),
        isBase64Encoded,
      });
      // Bytes that no text survives unchanged if it is read with another encoding.
      const request = await fromStripe({ ...stripeEvent, note: "Zürich €" });
      expect(await handler(lambdaEvent(request))).toMatchObject({ statusCode: 204, body: "" });
      expect(lines).toEqual([[stripeEvent.type]]);
      expect(await handler(lambdaEvent(tampered(request)))).toMatchObject({ statusCode: 401, body: "" });
      expect(lines).toHaveLength(1);
    });
  },
);

it("a request without a body is refused, not an exception", async () => {
  expect(await handler({ ...functionUrl, headers: {}, isBase64Encoded: false })).toMatchObject({ statusCode: 401 });
});
