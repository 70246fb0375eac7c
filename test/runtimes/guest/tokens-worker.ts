/** The entry for workerd: is sent the cases with tokens, answers the verdicts. */
import { checkTokens } from "./tokens.ts";

export default {
  async fetch(request: Request): Promise<Response> {
    return Response.json(await checkTokens((await request.json()) as Parameters<typeof checkTokens>[0]));
  },
};
