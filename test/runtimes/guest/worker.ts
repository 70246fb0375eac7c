/** The entry for workerd: is sent the cases, answers its report. */
import { check } from "./check.ts";

export default {
  async fetch(request: Request): Promise<Response> {
    return Response.json(await check((await request.json()) as Parameters<typeof check>[0]));
  },
};
