let latest = 0;
let text = new Date(0).toISOString();

/** RFC 3339 with milliseconds. Events of one burst share their time, and writing it is dear: the latest is kept. */
export function isoTime(time: number): string {
  if (time !== latest) {
    text = new Date(time).toISOString();
    latest = time;
  }
  return text;
}
