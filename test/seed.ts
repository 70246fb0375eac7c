/**
 * Set up before every file of tests: all random properties draw from one seed, so that a run says the same thing
 * twice. `npm run campaign` gives others.
 */
import fc from "fast-check";

const FIXED = 1_784_000_000;

function seedOf(given: string | undefined): number {
  if (given === undefined) return FIXED;
  if (!/^\d{1,10}$/.test(given)) throw new Error(`COUNTERSIGN_SEED is "${given}", and not a number.`);
  return Number(given);
}

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: seedOf(process.env.COUNTERSIGN_SEED) });
