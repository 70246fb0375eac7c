import { type Header, headerOf, type SavedRequest, saved, Unreadable } from "./saved.ts";
import { shellWords, type Word } from "./shell-words.ts";

/** What an option of curl does to the request. `skip` has a value that changes nothing here. */
type Effect =
  | "method"
  | "header"
  | "data"
  | "raw"
  | "encoded"
  | "json"
  | "url"
  | "user"
  | "agent"
  | "referer"
  | "cookie"
  | "get"
  | "head"
  | "skip";

const VALUED: Readonly<Record<string, Effect>> = {
  "-X": "method",
  "--request": "method",
  "-H": "header",
  "--header": "header",
  "-d": "data",
  "--data": "data",
  "--data-ascii": "data",
  "--data-binary": "data",
  "--data-raw": "raw",
  "--data-urlencode": "encoded",
  "--json": "json",
  "--url": "url",
  "-u": "user",
  "--user": "user",
  "-A": "agent",
  "--user-agent": "agent",
  "-e": "referer",
  "--referer": "referer",
  "-b": "cookie",
  "--cookie": "cookie",
  ...Object.fromEntries(
    "-o --output -w --write-out -m --max-time --connect-timeout --retry --retry-delay -x --proxy --cacert --cert -E --key --resolve --connect-to -c --cookie-jar --interface --limit-rate --max-redirs -D --dump-header --ciphers --tls-max --proto"
      .split(" ")
      .map((name) => [name, "skip" as const]),
  ),
};

const SWITCHES: Readonly<Record<string, Effect>> = { "-G": "get", "--get": "get", "-I": "head", "--head": "head" };
const FILES = ["-F", "--form", "-T", "--upload-file", "-K", "--config", "--form-string", "--next", "-:"];

export function looksCurl(text: string): boolean {
  return /^\s*(?:\$ +)?curl(?:\.exe)?\s/.test(text);
}

/**
 * The request that a curl command would send, as a browser or a page of documentation writes it for bash.
 *
 * @throws Unreadable for what stands in files or would be put in by the shell, which a command alone does not tell
 */
export function readCurl(text: string): SavedRequest {
  if (/\^\s*\n|\^"/.test(text)) throw new Unreadable('it is a command for Windows: copy it "as cURL (bash)".');
  const words = shellWords(text.replace(/^\s*(?:\$ +)?curl(?:\.exe)?\s/, ""));
  const found: Found = { urls: [], headers: [], data: [], notes: [] };
  for (let at = 0; at < words.length; at++) {
    const { name, inline } = option((words[at] as Word).text);
    if (FILES.includes(name))
      throw new Unreadable(`it uses ${name}: save the request itself, or its body with --body.`);
    const effect = VALUED[name];
    if (name === "") take("url", words[at] as Word, found);
    else if (effect === undefined)
      found[SWITCHES[name] === "get" ? "get" : SWITCHES[name] === "head" ? "head" : "other"] = true;
    else if (inline !== undefined) take(effect, { text: inline, expands: (words[at] as Word).expands }, found, name);
    else {
      const value = words[++at];
      if (value === undefined) throw new Unreadable(`its ${name} has no value.`);
      take(effect, value, found, name);
    }
  }
  return requestOf(found);
}

interface Found {
  method?: string;
  readonly urls: string[];
  readonly headers: Header[];
  readonly data: string[];
  readonly notes: string[];
  json?: boolean;
  get?: boolean;
  head?: boolean;
  other?: boolean;
}

/** `-XPOST` and `--request=POST` are one word. Switches may stand together: `-sS`. */
function option(word: string): { name: string; inline?: string } {
  if (!/^-./.test(word)) return { name: "" };
  if (word.startsWith("--")) {
    const at = word.indexOf("=");
    return at === -1 ? { name: word } : { name: word.slice(0, at), inline: word.slice(at + 1) };
  }
  const valued = [...word.slice(1)].findIndex((letter) => `-${letter}` in VALUED || FILES.includes(`-${letter}`));
  if (valued === -1) return { name: word.includes("G") ? "-G" : word.includes("I") ? "-I" : word };
  const name = `-${word[valued + 1]}`;
  const inline = word.slice(valued + 2);
  return inline === "" ? { name } : { name, inline };
}

function take(effect: Effect, { text, expands }: Word, found: Found, name = "url"): void {
  if (expands && effect !== "skip")
    found.notes.push(`${name} has something that only the shell knows ($NAME): it is taken as it stands.`);
  if (effect === "url") found.urls.push(text);
  else if (effect === "method") found.method = text;
  else if (effect === "header") found.headers.push(...header(text));
  else if (effect === "agent") found.headers.push(["User-Agent", text]);
  else if (effect === "referer") found.headers.push(["Referer", text]);
  else if (effect === "cookie") found.headers.push(["Cookie", text]);
  else if (effect === "user") found.headers.push(["Authorization", `Basic ${Buffer.from(text).toString("base64")}`]);
  else if (effect === "encoded") found.data.push(encoded(text));
  else if (effect === "data" || effect === "json" || effect === "raw") {
    if (effect !== "raw" && text.startsWith("@"))
      throw new Unreadable(`its ${name} names a file: give that one with --body FILE.`);
    if (effect === "json") found.json = true;
    found.data.push(text);
  }
}

/** `Name: value`; `Name;` is an empty one, and `Name:` takes one away. */
function header(text: string): Header[] {
  if (text.startsWith("@")) throw new Unreadable("its -H names a file: write the headers down.");
  const [, name, sign, value = ""] = /^([^:;]+)([:;])\s*(.*?)\s*$/s.exec(text) ?? [];
  if (name === undefined) return [];
  return sign === ":" && value === "" ? [] : [[name.trim(), value]];
}

/** `name=value` with the value escaped, `=value`, `value`. */
function encoded(text: string): string {
  if (/^[^=]*@/.test(text)) throw new Unreadable("its --data-urlencode names a file: give the body with --body FILE.");
  const at = text.indexOf("=");
  const percented = (part: string) => {
    try {
      // curl escapes what JavaScript's function leaves, and writes a blank as a form does.
      const percent = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
      return encodeURIComponent(part)
        .replace(/[!'()*]/g, percent)
        .replaceAll("%20", "+");
    } catch {
      throw new Unreadable("its --data-urlencode holds half a character.");
    }
  };
  return at === -1 ? percented(text) : `${at === 0 ? "" : text.slice(0, at + 1)}${percented(text.slice(at + 1))}`;
}

function requestOf({ method, urls, headers, data, notes, json, get, head }: Found): SavedRequest {
  const [url = ""] = urls;
  if (url === "") throw new Unreadable("the command names no URL.");
  const text = data.join(json ? "" : "&");
  const carries = data.length > 0 && !get;
  const implied: Header[] = [];
  if (carries && headerOf(headers, "content-type") === undefined) {
    implied.push(["Content-Type", json ? "application/json" : "application/x-www-form-urlencoded"]);
  }
  return saved({
    method: method ?? (head ? "HEAD" : carries ? "POST" : "GET"),
    url: get && text !== "" ? `${url}${url.includes("?") ? "&" : "?"}${text}` : url,
    headers: [...headers, ...implied],
    body: Buffer.from(carries ? text : ""),
    form: "a curl command",
    notes: [...new Set(notes)],
  });
}
