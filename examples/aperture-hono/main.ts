import { serve } from "@hono/node-server";
import { build } from "./app.ts";

const key = process.env["APERTURE_KEY"];
if (key === undefined) throw new Error("Set APERTURE_KEY to the hook's apikey.");
const port = Number(process.env["PORT"] ?? 3000);
const app = build();

serve({ fetch: (request, env) => app.fetch(request, { ...env, APERTURE_KEY: key }), port });
console.log(`Waiting for Aperture at http://localhost:${port}/hooks/aperture`);
