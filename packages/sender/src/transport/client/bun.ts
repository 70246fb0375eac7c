import type { Client as UndiciClient, buildConnector as undiciConnector } from "undici";
// Bun puts a stand-in of its own, which cannot send, in the place of "undici", but not in that of its files.
// @ts-expect-error: the file has no declarations of its own.
import connector from "undici/lib/core/connect.js";
// @ts-expect-error: nor has this.
import client from "undici/lib/dispatcher/client.js";

export const Client = client as typeof UndiciClient;
export const buildConnector = connector as typeof undiciConnector;
