import { describe } from "vitest";
import { adapterContract } from "./contract.ts";
import { fastifyHarness } from "./fastify.ts";

describe("Fastify 5", () => adapterContract(fastifyHarness));
