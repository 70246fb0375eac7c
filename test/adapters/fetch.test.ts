import { describe } from "vitest";
import { adapterContract } from "./contract.ts";
import { fetchHarness } from "./plain.ts";

describe("verifier.handle behind node-server 2", () => adapterContract(fetchHarness));
