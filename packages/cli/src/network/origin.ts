import { Failure } from "../terminal/failure.ts";

/**
 * A URL as people type it: `localhost:3000/hooks` is http, `example.com/hooks` https.
 *
 * @throws Failure
 */
export function readUrl(text: string, option: string): URL {
  const local = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(?=[:/]|$)/i.test(text);
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `${local ? "http" : "https"}://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === "") {
    throw new Failure(
      "usage",
      "invalid_url",
      `${option} is no http or https URL.`,
      "For example localhost:3000/hooks or https://example.com/hooks.",
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw new Failure(
      "usage",
      "credentials_in_url",
      `${option} has a user or a password in it.`,
      "Leave it out: it would be printed and kept.",
    );
  }
  return url;
}
