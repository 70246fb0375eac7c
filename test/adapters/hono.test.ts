import { describe } from "vitest";
import { adapterContract } from "./contract.ts";
import { honoHarness } from "./hono.ts";

describe("Hono 4 on node-server 2", () => adapterContract(honoHarness));
