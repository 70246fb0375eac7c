import express from "express";
import { describe } from "vitest";
import { adapterContract } from "./contract.ts";
import { expressHarness } from "./express.ts";

describe("Express 5", () => adapterContract(expressHarness("express 5", express)));
