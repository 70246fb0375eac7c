import { asSent, type Case } from "../case.ts";
import { clerk, discord, github, shopify, stripe } from "../senders.ts";

/** What nobody signed: nothing explains it, and nobody is to blame. */
export const forged: readonly Case[] = [stripe, github, shopify, clerk, discord].map((from) => ({
  name: `a forged amount in a body of ${from.provider.name}'s`,
  seen: "https://github.com/harshdwivediiiii/pathfinder-ai/issues/2263",
  from,
  cause: ["no_explanation"],
  way: (sent) => ({
    ...asSent(sent),
    body: Buffer.from(sent.body)
      .toString()
      .replace(/\d/, (digit) => String((Number(digit) + 1) % 10)),
  }),
}));
