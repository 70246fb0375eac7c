import type { Command } from "../command-line/command.ts";
import { BODY, INBOX, OUTBOX, PROVIDER, SECRET, TIMEOUT } from "../command-line/options.ts";

/** Commands for a receiver: deliveries that come, and what is sent to try it, as the help shows them. */
export const deliveries: readonly Command[] = [
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
      open: { help: "show them in a page of your browser too: headers, bytes, what was signed, re-send, tamper" },
      page: { help: "the same page, without opening a browser: its address is printed" },
      ...OUTBOX,
    },
    examples: [
      [
        "countersign listen --provider stripe --secret-env STRIPE_SECRET --forward localhost:3000/hooks",
        "in front of your receiver",
      ],
      ["countersign listen --provider github --secret-env SECRET --open", "in a live page"],
      ["countersign listen --detect", "whose deliveries are these?"],
      ["countersign listen --detect --secret-env SECRET --json | jq .code", "for scripts: a line of JSON for each"],
    ],
    load: () => import("./listen.ts"),
  },
  {
    name: "inspect",
    arguments: "-- COMMAND …",
    takes: [1, 1_000],
    endless: true,
    summary: "run your application during development, and show each delivery that it verifies in a live page",
    about: [
      "Nothing in the application changes: its verifiers (Express, Fastify, Hono, createVerifier) announce each step to",
      "this process, on loopback and with a token. Not with NODE_ENV=production. Node only. Exit code 0: the command ended",
      "with 0, or by Ctrl-C.",
    ],
    options: {
      open: { help: "open the page in a browser; without it its address is printed" },
      to: {
        value: "URL",
        help: "where deliveries are sent again; default the host that they were sent to, on this machine",
      },
      ...PROVIDER,
      ...SECRET,
      ...OUTBOX,
    },
    examples: [
      ["countersign inspect --open -- node server.js", "watch what your receiver does"],
      ["countersign inspect -- npm run dev", "with a watcher: the page stays while the application restarts"],
    ],
    load: () => import("./inspect.ts"),
  },
  {
    name: "resend",
    arguments: "[WHICH …] --to URL",
    takes: [0, 1_000],
    summary: "send kept deliveries again, as they were or signed anew",
    about: [
      "WHICH is a number as listen shows it, a range (3-9) or last. Exit code 0: all accepted. 1: not all. 4: no answer.",
      "With --sqlite or --postgres-env it is what an inbox gave up, by the names of countersign inbox list.",
    ],
    options: {
      to: { value: "URL", help: "the receiver: a URL without a path takes each delivery's own" },
      all: { help: "all that are kept, the oldest first" },
      from: { value: "DIR", help: "where they are kept; default where listen keeps them" },
      ...INBOX,
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
      [
        "countersign resend --all --sqlite webhooks.db --route orders --to localhost:3000/hooks --provider stripe --secret-env STRIPE_SECRET",
        "what an inbox gave up, signed anew",
      ],
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
      "Elsewhere only a host that serves a token, which is printed when you name it; nothing oversized or hanging goes there.",
    ],
    options: {
      ...PROVIDER,
      ...SECRET,
      body: { value: "FILE", help: "an event that your handler takes; default some usual forms" },
      url: { value: "URL", help: "the URL that your receiver believes to be called at, for providers that sign it" },
      patience: { value: "DURATION", help: "how long each answer may take, default 10s" },
      elsewhere: { help: "the host is not this machine, and serves the token that was printed for it" },
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
    name: "doctor",
    arguments: "",
    takes: [0, 0],
    summary: "look at what goes wrong around webhooks: clock, proxies, parser order, store",
    about: [
      "Always: Node, the clock against the latest kept delivery, the folder, the environment. More where it is told of it: a",
      "public URL that leads here, a receiver, an outbox, a Redis. Exit code 0: nothing is wrong. 1: something is.",
    ],
    options: {
      through: {
        value: "URL",
        help: "the public URL that leads to --port here: is every byte and header of a request what was sent?",
      },
      port: { value: "PORT", help: "where it leads, default 4040" },
      host: { value: "ADDRESS", help: "default 127.0.0.1" },
      receiver: { value: "URL", help: "your receiver: does a parser run before it verifies?" },
      ...PROVIDER,
      ...SECRET,
      ...BODY,
      ...OUTBOX,
      "redis-env": { value: "NAME", help: "the variable that holds the URL of a replay store's Redis" },
      from: { value: "DIR", help: "where listen keeps deliveries" },
      ...TIMEOUT,
    },
    examples: [
      ["countersign doctor", "this machine"],
      ["countersign doctor --through https://hooks.example.com --port 4040", "what does the proxy change?"],
      [
        "countersign doctor --receiver localhost:3000/hooks --provider stripe --secret-env STRIPE_SECRET",
        "parser order",
      ],
      ["countersign doctor --redis-env REDIS_URL", "can a replay store work there, and does it keep its keys?"],
    ],
    load: () => import("./doctor.ts"),
  },
];
