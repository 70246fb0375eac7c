/** What most providers call the kind of event, where the body is JSON that says it. */
export function eventOf(body: Uint8Array): string {
  if (body.length > 1_048_576) return "";
  try {
    const value = JSON.parse(Buffer.from(body).toString("utf8"));
    const one = Array.isArray(value) ? value[0] : value;
    const named = [one?.type, one?.event, one?.event_type, one?.topic, one?.action].find(
      (text) => typeof text === "string",
    );
    return typeof named === "string" ? named.slice(0, 60) : "";
  } catch {
    return "";
  }
}
