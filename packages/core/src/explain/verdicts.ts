import type { Finding } from "./finding.ts";

/** What is right, although not with the secret that signs. */
export const OLDER = (index: number): Finding => ({
  code: "older_secret",
  sentence: `It was signed with secret ${index + 1} of the list, not with the first.`,
  mend: "The sender still uses an older secret; finish the rotation there before you remove it here.",
});

/** What no verifier can be made with; the message names no secret. */
export const UNUSABLE = (message: string): Finding => ({
  code: "secret_malformed",
  sentence: `No verifier can be made with this: ${message}`,
  mend: "Copy the secret again, whole, from the page where the webhook itself is set up.",
});

/** What only the exact URL lets through. */
export const EXACT: Finding = {
  code: "exact_url",
  sentence:
    "The signed URL has a query, and nothing separates it from the body: such a URL is only taken when it is given whole.",
  mend: "Give the URL of the provider's settings as exactUrl.",
};

/** What is said where the signature is right and something else is not. */
export const GENUINE: Finding = {
  code: "signature_matches",
  sentence: "The signature itself is right: secret and bytes are those of the sender.",
  mend: "What is said above is all that is wrong.",
};
