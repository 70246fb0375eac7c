/** What most providers call the kind of event, where the body is JSON that says it. */
export function eventOf(body: Uint8Array): string {
  if (body.length > 1_048_576) return "";
  try {
    const value = JSON.parse(Buffer.from(body).toString("utf8"));
    const one = Array.isArray(value) ? value[0] : value;
    const { type, event, event_type, topic, action, events } = one ?? {};
    const named = [type, event, event_type, topic, action, events?.[0]?.type].find((text) => typeof text === "string");
    return typeof named === "string" ? named.slice(0, 60) : "";
  } catch {
    return "";
  }
}
