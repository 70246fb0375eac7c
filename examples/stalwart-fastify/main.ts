import { build } from "./app.ts";

const secret = process.env["STALWART_WEBHOOK_KEY"];
if (secret === undefined) throw new Error("Set STALWART_WEBHOOK_KEY to the webhook's signature key.");
const port = Number(process.env["PORT"] ?? 3000);
const onReject = (error: Error) => console.warn(`refused: ${JSON.stringify(error.message)}`);

const app = await build({ secret, onReject });
await app.listen({ port });
console.log(`Waiting for Stalwart at http://localhost:${port}/hooks/stalwart`);
