import express4 from "express4";
import { describe } from "vitest";
import { adapterContract } from "./contract.ts";
import { expressHarness } from "./express.ts";

describe("Express 4", () => adapterContract(expressHarness("express 4", express4)));
