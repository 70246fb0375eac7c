/** The doors of `node:http`, for the runtimes that have it: Node, Bun and Deno. */
export { handleIncoming } from "./handle-incoming.ts";
export { readIncoming } from "./node-request.ts";
