import { type SavedRequest, saved } from "./saved.ts";
import { bodyOf, type Fields, fieldsOf, headersOf, isFields, queryOf, textOf } from "./values.ts";

export function looksAws(json: Fields): boolean {
  const context = fieldsOf(json.requestContext);
  return isFields(json.requestContext) && (isFields(context.http) || "httpMethod" in json || "elb" in context);
}

/** An event of AWS Lambda: API Gateway 1.0 and 2.0, a function URL, a load balancer. @throws Unreadable */
export function readAws(json: Fields): SavedRequest {
  const context = fieldsOf(json.requestContext);
  const http = fieldsOf(context.http);
  const second = isFields(context.http);
  const { body, notes } = bodyOf(json.body, json.isBase64Encoded === true);
  const host = textOf(context, "domainName");
  const path = second ? (textOf(json, "rawPath") ?? "/") : (textOf(context, "path") ?? textOf(json, "path") ?? "/");
  const raw = textOf(json, "rawQueryString");
  const query = second
    ? raw === undefined
      ? ""
      : `?${raw}`
    : queryOf(json.multiValueQueryStringParameters ?? json.queryStringParameters);
  const many = isFields(json.multiValueHeaders) ? json.multiValueHeaders : json.headers;
  const at = [context.timeEpoch, context.requestTimeEpoch].find((one) => Number.isSafeInteger(one)) as
    | number
    | undefined;
  return saved({
    method: (second ? textOf(http, "method") : textOf(json, "httpMethod")) ?? "POST",
    url: `${host === undefined ? "" : `https://${host}`}${path}${query}`,
    headers: headersOf(many),
    body,
    ...(at === undefined ? {} : { at }),
    form: second ? "an AWS event (version 2.0)" : "an AWS event (version 1.0)",
    notes,
  });
}
