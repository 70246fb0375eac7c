import type { Command } from "../command-line/command.ts";
import { AT, BODY, PROVIDER, REQUEST, SECRET, SYSTEM, TIMEOUT } from "../command-line/options.ts";

/** Every command, as the help shows it. What it does is loaded when it is called. */
export const commands: readonly Command[] = [
  {
    name: "verify",
    arguments: "[FILE]",
    takes: [0, 1],
    summary: "say what a receiver would say of a saved request",
    about: ["Exit code 0: genuine. 1: refused."],
    options: { ...PROVIDER, ...SECRET, ...REQUEST, ...AT },
    examples: [
      ["countersign verify request.http --provider stripe --secret-env STRIPE_SECRET", "a request as raw HTTP"],
      ["pbpaste | countersign verify --provider github --secret-file secret.txt", "a curl command from the clipboard"],
      [
        "countersign verify event.json --provider slack --secret-env SECRET --at now",
        "an event of AWS, as at this moment",
      ],
    ],
    load: () => import("./verify.ts"),
  },
  {
    name: "explain",
    arguments: "[FILE]",
    takes: [0, 1],
    summary: "look for the cause why a signature does not match",
    about: [
      "Tries what people get wrong: the secret's spelling, a body that was parsed and written again, a URL that a proxy",
      "changed, another clock. Exit code 0: genuine. 1: refused.",
    ],
    options: { ...PROVIDER, ...SECRET, ...REQUEST, ...AT },
    examples: [
      ["countersign explain request.http --provider stripe --secret-env STRIPE_SECRET", "why is it refused?"],
      [
        "countersign explain call.har --entry 3 --provider twilio --secret-env TOKEN --url https://example.com/sms",
        "a URL that is signed",
      ],
    ],
    load: () => import("./explain.ts"),
  },
  {
    name: "sign",
    arguments: "[FILE]",
    takes: [0, 1],
    summary: "print the headers that prove a body, or the curl line that sends it",
    about: ["A static credential is not shown: the curl line has the variable in its place."],
    options: {
      ...PROVIDER,
      ...SECRET,
      ...BODY,
      ...REQUEST,
      curl: { help: "print the line that sends it" },
      timestamp: { value: "TIME", help: "sign for this time: RFC 3339, seconds or milliseconds; default now" },
      id: { value: "ID", help: "the delivery id, for providers that sign one; default a random one" },
    },
    examples: [
      ["countersign sign --body event.json --provider github --secret-env SECRET", "the headers"],
      [
        "countersign sign --body event.json --provider stripe --secret-env SECRET --url localhost:3000/hooks --curl | bash",
        "sent",
      ],
      ["countersign sign request.http --provider slack --secret-env SECRET --curl", "a saved request, signed anew"],
    ],
    load: () => import("./sign.ts"),
  },
  {
    name: "send",
    arguments: "URL [FILE]",
    takes: [1, 2],
    summary: "sign a request, send it once, and show the whole exchange",
    about: ["Exit code 0: answered 2xx. 1: any other status. 4: no answer. Redirects are not followed."],
    options: {
      ...PROVIDER,
      ...SECRET,
      ...BODY,
      ...REQUEST,
      ...TIMEOUT,
      id: { value: "ID", help: "the delivery id, for providers that sign one; default a random one" },
    },
    examples: [
      [
        "countersign send localhost:3000/hooks --body event.json --provider stripe --secret-env SECRET",
        "an event of your own",
      ],
      [
        "countersign send https://staging.example.com/hooks request.http --provider github --secret-env SECRET",
        "a saved one",
      ],
    ],
    load: () => import("./send.ts"),
  },
  {
    name: "providers",
    arguments: "[NAME]",
    takes: [0, 1],
    summary: "list the providers; say what one protects, and what it does not",
    options: { set: PROVIDER.set as NonNullable<typeof PROVIDER.set> },
    examples: [
      ["countersign providers", "the catalogue"],
      ["countersign providers stripe", "what is signed, how fresh it must be, what it leaves open, where to register"],
      ["countersign providers tappass --set header=x-key", "one that is told how it was set up"],
    ],
    load: () => import("./providers.ts"),
  },
  {
    name: "secret",
    arguments: "new [PROVIDER]",
    takes: [1, 2],
    summary: "draw a secret in the form that a provider reads",
    about: ["256 bits. Where the provider shows a secret of its own (Stripe, Svix), yours is for tests: use theirs."],
    options: {
      out: { value: "FILE", help: "write it to a new file that you alone can read, and print nothing of it" },
    },
    examples: [
      ["countersign secret new --out webhook-secret", "into a file"],
      ["countersign secret new standard-webhooks", "whsec_ and base64"],
      ["countersign secret new discord --json", "a key pair: Ed25519"],
    ],
    load: () => import("./secret.ts"),
  },
  {
    name: "listen",
    arguments: "",
    takes: [0, 0],
    endless: true,
    summary: "receive deliveries here: verdict, cause and mend as each comes; keep and forward them",
    about: [
      "Every delivery is kept first, then judged, forwarded byte for byte and answered: as your receiver answers, else as",
      "a verifier would. Kept files are raw HTTP that verify, explain and resend read. Ctrl-C ends it with 0.",
    ],
    options: {
      ...PROVIDER,
      detect: { help: "tell the provider by the headers, and by the secret where several use the same" },
      ...SECRET,
      forward: { value: "URL", help: "your receiver: a URL without a path takes each delivery's own" },
      port: { value: "PORT", help: "default 4040; 0 takes any that is free" },
      host: { value: "ADDRESS", help: "default 127.0.0.1: nobody else reaches it" },
      url: { value: "URL", help: "what the provider calls in place of this address, for those that sign the URL" },
      keep: { value: "DIR", help: "where deliveries are kept, the latest 1000; default ~/.local/state/countersign" },
      "no-keep": { help: "keep nothing" },
    },
    examples: [
      [
        "countersign listen --provider stripe --secret-env STRIPE_SECRET --forward localhost:3000/hooks",
        "in front of your receiver",
      ],
      ["countersign listen --detect", "whose deliveries are these?"],
      ["countersign listen --detect --secret-env SECRET --json | jq .code", "for scripts: a line of JSON for each"],
    ],
    load: () => import("./listen.ts"),
  },
  {
    name: "resend",
    arguments: "[WHICH …] --to URL",
    takes: [0, 1_000],
    summary: "send kept deliveries again, as they were or signed anew",
    about: [
      "WHICH is a number as listen shows it, a range (3-9) or last. Exit code 0: all accepted. 1: not all. 4: no answer.",
    ],
    options: {
      to: { value: "URL", help: "the receiver: a URL without a path takes each delivery's own" },
      all: { help: "all that are kept, the oldest first" },
      from: { value: "DIR", help: "where they are kept; default where listen keeps them" },
      rate: { value: "N/s", help: "how many each second, default 10/s" },
      ...PROVIDER,
      ...SECRET,
      url: { value: "URL", help: "the URL to sign, where it is not the one that is called" },
      ...TIMEOUT,
    },
    examples: [
      ["countersign resend last --to localhost:3000/hooks", "the last one, as it was"],
      [
        "countersign resend 3-9 --to localhost:3000 --provider stripe --secret-env STRIPE_SECRET",
        "signed anew: their time is now",
      ],
      ["countersign resend --all --rate 5/s --to localhost:3000 --json", "all of them, slowly"],
    ],
    load: () => import("./resend.ts"),
  },
  {
    name: "attack",
    arguments: "URL",
    takes: [1, 1],
    summary: "send the known mistakes of verifiers to your own receiver on this machine",
    about: [
      "Some fifty requests to a loopback address: forged, stale, re-serialised, oversized and the like, with a mend for",
      "each that is taken. Exit code 0: nothing forged was accepted. 1: something was. 3: it refuses what is genuine.",
    ],
    options: {
      ...PROVIDER,
      ...SECRET,
      body: { value: "FILE", help: "an event that your handler takes; default some usual forms" },
      url: { value: "URL", help: "the URL that your receiver believes to be called at, for providers that sign it" },
      patience: { value: "DURATION", help: "how long each answer may take, default 10s" },
    },
    examples: [
      ["countersign attack localhost:3000/hooks --provider stripe --secret-env STRIPE_SECRET", "is my receiver safe?"],
      [
        "countersign attack localhost:3000/hooks --provider github --secret-env SECRET --body push.json",
        "with an event of your own",
      ],
      [
        "countersign attack localhost:3000/hooks --provider slack --secret-env SECRET --json | jq .accepted",
        "for scripts",
      ],
    ],
    load: () => import("./attack.ts"),
  },
  {
    name: "check",
    arguments: "[FILE]",
    takes: [0, 1],
    summary: "say whether a configuration is right, and what would be sent where",
    about: [
      "The configuration of Tailscale, Stalwart, Aperture, TapPass or Apono, as the system itself has it. Connects to",
      "nothing. Exit code 0: right. 1: wrong, with line and column.",
    ],
    options: SYSTEM,
    examples: [
      ["countersign check observability.yaml", "TapPass's file"],
      ["countersign check webhooks.json --secret-env nQx7EXAMPLE1=TAILSCALE_SECRET", "the list of Tailscale's API"],
      ["countersign check config.toml --json", "for scripts"],
    ],
    load: () => import("./check.ts"),
  },
  {
    name: "test",
    arguments: "NAME --config FILE",
    takes: [1, 1],
    summary: "send one synthetic event to an endpoint of a configuration, and show the whole exchange",
    about: ["Exit code 0: accepted. 1: not accepted. 4: no answer. Secrets are masked."],
    options: {
      config: { value: "FILE", help: "the system's own configuration" },
      to: { value: "URL", help: "send to this receiver instead: countersign listen, say" },
      ...SYSTEM,
    },
    examples: [
      ["countersign test pagerduty-alerts --config observability.yaml", "one of TapPass's exports"],
      ["countersign test TicketSync --config apono.json --to localhost:4040", "to a receiver on this machine"],
    ],
    load: () => import("./test.ts"),
  },
  {
    name: "explain-event",
    arguments: "EVENT --config FILE",
    takes: [1, 1],
    summary: "say which endpoint would get an event, and why the others would not",
    about: ["EVENT is a type, JSON, or a file of JSON. Exit code 0: somebody gets it. 1: nobody."],
    options: { config: { value: "FILE", help: "the system's own configuration" }, ...SYSTEM },
    examples: [
      ["countersign explain-event nodeCreated --config webhooks.json", "by its type"],
      [
        "countersign explain-event request.json --config aperture.hujson --source group:engineering",
        "a request to a model",
      ],
    ],
    load: () => import("./explain-event.ts"),
  },
];
