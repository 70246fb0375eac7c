import type { Command } from "../command-line/command.ts";

/** Commands for agents, as the help shows them. */
export const agents: readonly Command[] = [
  {
    name: "mcp",
    arguments: "",
    takes: [0, 0],
    endless: true,
    summary: "serve agents by the Model Context Protocol, on standard input and output",
    about: [
      "Tools: explain, verify, sign, providers, check. A secret is named here, by provider, and is never an argument or a",
      "result of a tool. Whoever may call sign can make requests that your receiver takes: give it the secret of a test",
      "endpoint, or leave it out. Needs @modelcontextprotocol/server beside countersign.",
    ],
    options: {
      "secret-env": {
        value: "PROVIDER=VARIABLE",
        help: "the variable that holds a provider's secret",
        many: true,
      },
      "secret-file": { value: "PROVIDER=PATH", help: "the file that holds it", many: true },
      env: { value: "NAME", help: "a variable that configurations given to check may read", many: true },
      from: { value: "DIR", help: "where listen keeps deliveries, for explain and verify" },
      without: { value: "TOOL", help: "leave a tool out", many: true },
    },
    examples: [
      [
        "npx -y -p countersign -p @modelcontextprotocol/server countersign mcp --secret-env stripe=STRIPE_SECRET",
        "what an agent's configuration starts",
      ],
      [
        "countersign mcp --secret-env stripe=STRIPE_SECRET --secret-file github=/run/secrets/github --without sign",
        "two providers, and nothing is signed",
      ],
    ],
    load: () => import("./mcp.ts"),
  },
];
