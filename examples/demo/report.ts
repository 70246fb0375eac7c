import { styleText } from "node:util";

export interface Line {
  readonly to: string;
  readonly what: string;
  /** How it was made, where that is worth a word. */
  readonly how: string;
  readonly answer: string;
  readonly why: string;
  readonly right: boolean;
}

const FRAMEWORK: Readonly<Record<string, string>> = {
  tailscale: "Tailscale webhooks → Express",
  stalwart: "Stalwart webhooks → Fastify",
  aperture: "Aperture guardrail → Hono",
  "own-tailscale": "Tailscale's list of webhooks (JSON) → Express",
  "own-stalwart": "Stalwart's config.toml → Fastify",
  "own-aperture": "Aperture's settings (HuJSON) → Hono",
  "own-tappass": "TapPass's observability.yaml → Hono",
  "own-apono": "Apono's webhook (JSON) → Fastify",
};

/** Prints what was sent, what was answered and why; true when every answer was right. */
export function report(lines: readonly Line[]): boolean {
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    process.stdout.isTTY ? styleText(style, text) : text;
  let group = "";
  for (const { to, what, how, answer, why, right } of lines) {
    if (to !== group) {
      group = to;
      console.log(`\n${paint("bold", FRAMEWORK[to] ?? to)}`);
    }
    const colour = answer.startsWith("2") ? "green" : "yellow";
    console.log(
      `  ${right ? paint("green", "✓") : paint("red", "✗ WRONG")}  ${what.padEnd(44)} ${paint(colour, answer.padEnd(12))} ${paint("dim", how === "" ? why : `${why.padEnd(20)} ${how}`)}`,
    );
  }
  const wrong = lines.filter(({ right }) => !right).length;
  const refused = lines.filter(({ answer }) => answer.startsWith("4")).length;
  console.log(
    `\n${lines.length} requests sent, ${refused} refused with a bare status, ${wrong === 0 ? paint("green", "every answer right") : paint("red", `${wrong} answers WRONG`)}.\n`,
  );
  return wrong === 0;
}
