/**
 * Failures that were made while `explain` could not see them: committed with their figure before it was changed. Each
 * names a report of it, or the page of the program or the vendor that does so.
 */
import { heldBodies } from "./bodies.ts";
import { heldSecrets, heldSignatures, heldUrls } from "./others.ts";

export const held = [...heldBodies, ...heldSecrets, ...heldUrls, ...heldSignatures];
