import type { Field, Fields } from "./field.ts";

/** A tool, as a row: what a model reads of it, what it takes, and which command it is. */
export interface Tool {
  readonly name: ToolName;
  readonly title: string;
  readonly about: string;
  readonly fields: Fields;
  /** The field whose text the command reads from its standard input. */
  readonly input?: string;
  /** The option of the command that each field is; fields that are its input or its settings have none. */
  readonly options: Readonly<Record<string, string>>;
}

export type ToolName = "explain" | "verify" | "sign" | "providers" | "check";

/** Bytes of a webhook are 1 MiB at most nearly everywhere; as escaped JSON in a saved request they are more. */
const LONGEST = 2_000_000;

const provider: Field = {
  type: "string",
  longest: 60,
  about: "Who sends, by the name that the tool providers lists: stripe, github, slack.",
  needed: true,
};
const settings: Field = {
  type: "record",
  longest: 300,
  about: 'How the provider was set up, where it can be: {"header": "x-webhook-token"}. Never a secret.',
};
const url: Field = {
  type: "string",
  longest: 8_192,
  about: "The public URL that was called, for providers that sign it.",
};
const method: Field = { type: "string", longest: 40, about: "The method, where the request does not say it." };
const encoding: Field = {
  type: "string",
  longest: 10,
  oneOf: ["utf8", "base64"],
  about: "How the text holds the bytes. base64 keeps every byte, line breaks too; the default is utf8.",
};

const saved: Fields = {
  provider,
  settings,
  request: {
    type: "string",
    longest: LONGEST,
    about:
      "The saved request, unchanged: raw HTTP, a curl command, HAR, JSON with headers and body, an event of AWS, or a dump of Express. Either this or delivery.",
  },
  encoding,
  delivery: {
    type: "integer",
    least: 1,
    most: 999_999_999_999,
    about: "The number of a delivery that countersign listen kept, in place of request.",
  },
  url,
  method,
  at: {
    type: "string",
    longest: 40,
    about:
      "Judge as at this time: RFC 3339, seconds, or now. By default when the request says that it arrived, else now.",
  },
};

/** Every tool. A secret is no argument of any: the server has it from where it was started. */
export const TOOLS: readonly Tool[] = [
  {
    name: "explain",
    title: "Why is a webhook refused?",
    about:
      "Looks for the cause why the signature of a received webhook does not verify, and says how to mend it: a body that was parsed and written again, a wrong secret, a URL that a proxy changed, a clock. What it names it has proven by trying; else it says what it tried. Reads only.",
    fields: saved,
    input: "request",
    options: { provider: "provider", url: "url", method: "method", at: "at" },
  },
  {
    name: "verify",
    title: "Is a webhook genuine?",
    about: "Says what a receiver would say of a saved request: genuine, or refused with a stable code. Reads only.",
    fields: saved,
    input: "request",
    options: { provider: "provider", url: "url", method: "method", at: "at" },
  },
  {
    name: "sign",
    title: "Sign a webhook",
    about:
      "Makes the headers that prove a body as the provider would, and the curl line that sends it, for tests of a receiver. Sends nothing. A static credential is not shown: the shell's variable stands in its place.",
    fields: {
      provider,
      settings,
      body: { type: "string", longest: LONGEST, about: "The bytes of the body, unchanged.", needed: true },
      encoding,
      url,
      method,
      timestamp: { type: "string", longest: 40, about: "Sign for this time: RFC 3339 or seconds. The default is now." },
      id: {
        type: "string",
        longest: 200,
        about: "The delivery id, for providers that sign one. A random one by default.",
      },
    },
    input: "body",
    options: { provider: "provider", url: "url", method: "method", timestamp: "timestamp", id: "id" },
  },
  {
    name: "providers",
    title: "Who signs how?",
    about:
      "Without a name: the names of all providers and how each proves its webhooks. With one: what is signed, which headers it needs, how fresh it must be, the form of its secret, what it leaves open, its documentation.",
    fields: { name: { type: "string", longest: 60, about: "One provider in full: stripe." }, settings },
    options: {},
  },
  {
    name: "check",
    title: "Is a webhook configuration right?",
    about:
      "Reads a configuration of Tailscale, Stalwart, Aperture, TapPass or Apono and says whether it is right, or what is wrong by line and column, and what would be sent where. Connects to nothing. Files that it names are not read, and only those environment variables that the server was given.",
    fields: {
      configuration: { type: "string", longest: LONGEST, about: "The configuration's text, unchanged.", needed: true },
      system: {
        type: "string",
        longest: 20,
        oneOf: ["tailscale", "stalwart", "aperture", "tappass", "apono"],
        about: "Whose it is; by default what it looks like.",
      },
      tailnet: { type: "string", longest: 200, about: "The tailnet's name in Tailscale's events." },
    },
    input: "configuration",
    options: { system: "system", tailnet: "tailnet" },
  },
];
