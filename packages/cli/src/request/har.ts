import { type SavedRequest, saved, Unreadable } from "./saved.ts";
import { bodyOf, type Fields, fieldsOf, headersOf, isFields, textOf } from "./values.ts";

export function looksHar(json: Fields): boolean {
  return (
    Array.isArray(fieldsOf(json.log).entries) ||
    (isFields(json.request) && "headers" in fieldsOf(json.request) && "url" in fieldsOf(json.request))
  );
}

/**
 * One request of a HAR file: the wanted one, counted from 1, or the last that has a body.
 *
 * @throws Unreadable
 */
export function readHar(json: Fields, wanted?: number): SavedRequest {
  const list = fieldsOf(json.log).entries;
  const entries = Array.isArray(list) ? list.map(fieldsOf) : [json];
  if (entries.length === 0) throw new Unreadable("the HAR file has no entries.");
  const carrying = entries.findLastIndex((one) => fieldsOf(one.request).postData !== undefined);
  const index = wanted === undefined ? Math.max(carrying, 0) : wanted - 1;
  const chosen = entries[index];
  if (chosen === undefined) throw new Unreadable(`the HAR file has ${entries.length} entries and no number ${wanted}.`);
  const request = fieldsOf(chosen.request);
  const data = fieldsOf(request.postData);
  const { body, notes } = bodyOf(data.text, data.encoding === "base64");
  const at = Date.parse(textOf(chosen, "startedDateTime") ?? "");
  const several =
    entries.length > 1 && wanted === undefined
      ? [`Entry ${index + 1} of ${entries.length}: --entry N takes another.`]
      : [];
  const params = data.text === undefined && Array.isArray(data.params) ? formOf(data.params) : undefined;
  return saved({
    method: textOf(request, "method") ?? "POST",
    url: textOf(request, "url") ?? "",
    headers: headersOf(request.headers),
    body: params?.body ?? body,
    ...(Number.isNaN(at) ? {} : { at }),
    form: "a HAR file",
    notes: [...several, ...notes, ...(params?.notes ?? [])],
  });
}

function formOf(params: readonly unknown[]) {
  const pairs = params
    .map(fieldsOf)
    .map((one): [string, string] => [textOf(one, "name") ?? "", textOf(one, "value") ?? ""]);
  return {
    body: Buffer.from(new URLSearchParams(pairs).toString()),
    notes: ["The HAR file has the form's fields and not its bytes: their escapes are a guess."],
  };
}
