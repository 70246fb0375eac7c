import { defineProject } from "vitest/config";

/** What the recipes read from the environment, as an app would: they are loaded with it. */
const env = {
  STRIPE_WEBHOOK_SECRET: "whsec_a-secret-of-the-tests",
  GITHUB_WEBHOOK_SECRET: "a secret of the tests",
  WEBHOOK_SECRET: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  ALERTMANAGER_TOKEN: "a-token-of-the-tests",
};

export default defineProject({ test: { name: "examples", include: ["**/*.test.ts"], isolate: false, env } });
