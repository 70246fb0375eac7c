/** The low ends of the peer ranges, which the newest versions above them say nothing about. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import express418 from "express418";
import { fastify as fastify50 } from "fastify50";
import { Hono as Hono40 } from "hono40";
import { describe, expect, test } from "vitest";
import { ROOT, readManifest } from "../packed/pack.ts";
import { adapterContract } from "./contract.ts";
import { expressHarness } from "./express.ts";
import { harnessOn as onFastify } from "./fastify.ts";
import { harnessOn as onHono } from "./hono.ts";

describe("Express 4.18", () => adapterContract(expressHarness("express 4.18", express418)));
describe("Fastify 5.0, by webhookRoute()", () => adapterContract(onFastify("5.0", fastify50, "webhookRoute()")));
describe("Fastify 5.0, by the plugin", () => adapterContract(onFastify("5.0", fastify50, "the plugin")));
describe("Fastify 5.0, by the plugin, loaded after the route", () =>
  adapterContract(onFastify("5.0", fastify50, "the plugin, loaded after the route")));
describe("Hono 4.0", () => adapterContract(onHono("hono 4.0", Hono40, false)));

test.each([
  ["express", "express418"],
  ["fastify", "fastify50"],
  ["hono", "hono40"],
])("%s: the range that it asks for begins where %s is", (name, alias) => {
  const range = readManifest(join(ROOT, "packages", name)).peerDependencies?.[name] ?? "";
  const installed = /"version": "(.*)"/.exec(
    readFileSync(join(ROOT, "test/node_modules", alias, "package.json"), "utf8"),
  )?.[1];
  expect(range.split(" || ")[0]).toBe(`^${installed}`);
});
