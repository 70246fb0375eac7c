import { describe } from "vitest";
import { adapterContract } from "./contract.ts";
import { nodeHarness } from "./plain.ts";

describe("verifyIncoming on node:http", () => adapterContract(nodeHarness));
