/** A fresh process: importing a verifier and verifying once, beyond what Node itself takes to start. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { PACKED, ROOT } from "../packed/pack.ts";
import { stripeEvent, stripeHeader } from "./bodies.ts";
import { quantile, type Row, rounds } from "./measure.ts";
import { SECRET } from "./server.ts";

const WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/** The program of each side; `B` is the body and `H` Stripe's header over it. */
const PROGRAMS: Readonly<Record<string, string>> = {
  node: "",
  ours: `
    const { createVerifier } = await import("@countersign/core");
    const { stripe } = await import("@countersign/core/providers");
    await createVerifier(stripe, { secret: S }).verify({ method: "POST", headers: { "stripe-signature": H }, body: B });`,
  stripe: `
    const { default: Stripe } = await import("stripe");
    new Stripe("sk_test_x").webhooks.constructEvent(B, H, S);`,
  svix: `
    const { Webhook } = await import("svix");
    const svix = new Webhook("${WHSEC}"); const now = new Date();
    svix.verify(B, { "svix-id": "msg_1", "svix-timestamp": String(Math.floor(now / 1000)), "svix-signature": svix.sign("msg_1", now, B) });`,
  standardwebhooks: `
    const { Webhook } = await import("standardwebhooks");
    const webhook = new Webhook("${WHSEC}"); const now = new Date();
    webhook.verify(B, { "webhook-id": "msg_1", "webhook-timestamp": String(Math.floor(now / 1000)), "webhook-signature": webhook.sign("msg_1", now, B) });`,
  "@octokit/webhooks-methods": `
    const { sign, verify } = await import("@octokit/webhooks-methods");
    await verify(S, B, await sign(S, B));`,
};

export async function benchCold(): Promise<Row[]> {
  const body = stripeEvent().toString("utf8");
  const { header } = stripeHeader(Buffer.from(body), SECRET);
  const costs: Record<string, number[]> = {};
  for (let round = 0; round < rounds(12); round++) {
    for (const [name, program] of Object.entries(PROGRAMS)) {
      const given = `const S = ${JSON.stringify(SECRET)}, B = ${JSON.stringify(body)}, H = ${JSON.stringify(header)};`;
      const told = `process.stdout.write(JSON.stringify(process.cpuUsage()));`;
      // From the folder of the packed packages, or of the tests' own.
      const { stdout, stderr, status } = spawnSync(
        process.execPath,
        ["--input-type=module", "--eval", `${given}${program}${told}`],
        { cwd: name === "ours" ? PACKED : join(ROOT, "test"), encoding: "utf8" },
      );
      if (status !== 0) throw new Error(`${name} does not start: ${stderr}`);
      const { user, system } = JSON.parse(stdout) as { user: number; system: number };
      costs[name] ??= [];
      costs[name].push((user + system) / 1000);
    }
  }
  const best = (name: string) => quantile(costs[name] as number[], 0.15);
  const beyond = (name: string) => Math.max(0.1, best(name) - best("node"));
  return [
    {
      name: "import and first verify in a fresh process, beyond Node's own start",
      value: beyond("ours"),
      unit: " ms",
      note: `of CPU; Node alone ${best("node").toFixed(0)} ms`,
    },
    ...Object.keys(PROGRAMS)
      .filter((name) => name !== "node" && name !== "ours")
      .map((name) => ({
        name: `${name}, the same / ours`,
        value: beyond(name) / beyond("ours"),
        note: `${beyond(name).toFixed(1)} ms of CPU`,
      })),
  ];
}
