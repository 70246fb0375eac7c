import type { Command } from "../command-line/command.ts";
import { AT, BODY, INBOX, PROVIDER, REQUEST, SECRET, TIMEOUT } from "../command-line/options.ts";

/** Commands for requests in hand, as the help shows them. */
export const requests: readonly Command[] = [
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
    arguments: "new|rotate [PROVIDER]",
    takes: [1, 2],
    summary: "draw a secret in the form that a provider reads; change one",
    about: [
      "256 bits. Where the provider shows a secret of its own (Stripe, Svix), yours is for tests: use theirs. rotate writes",
      "the receiver's configuration with both, and reads from what listen kept, or an inbox gave up, when the old one was last",
      "in use.",
    ],
    options: {
      out: { value: "FILE", help: "write it to a new file that you alone can read, and print nothing of it" },
      ...SECRET,
      from: { value: "DIR", help: "where listen keeps deliveries, for rotate" },
      ...INBOX,
    },
    examples: [
      ["countersign secret new --out webhook-secret", "into a file"],
      ["countersign secret new standard-webhooks", "whsec_ and base64"],
      ["countersign secret new discord --json", "a key pair: Ed25519"],
      [
        "countersign secret rotate --secret-env WEBHOOK_SECRET --out webhook-secret-2",
        "the new one first, the old one until it is unused",
      ],
    ],
    load: () => import("./secret.ts"),
  },
];
