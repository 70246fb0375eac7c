import type { Command } from "../command-line/command.ts";
import { agents } from "./table-agents.ts";
import { deliveries } from "./table-deliveries.ts";
import { requests } from "./table-requests.ts";
import { stores } from "./table-stores.ts";

/** Every command, in the order of the help. What it does is loaded when it is called. */
export const commands: readonly Command[] = [...requests, ...deliveries, ...stores, ...agents];
