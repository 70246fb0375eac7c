import type { Shown } from "../listen/show.ts";
import { eventOf } from "../request/event.ts";
import type { Entry } from "./entry.ts";
import { answerOf } from "./send.ts";

/** A delivery that `listen` has answered, as the page keeps it. @param origin where it came in */
export function entryOfShown(shown: Shown, origin: string): Entry {
  const { number, request, called, verdict, as, fits, findings, status, forwarded, steps } = shown;
  const { answer } = forwarded === undefined ? {} : answerOf(forwarded);
  return {
    kept: number,
    at: request.at as number,
    from: "",
    request,
    called,
    ...(as === undefined ? {} : { provider: as }),
    looksLike: fits[0] ?? "",
    standing: verdict === undefined ? "unjudged" : verdict.ok ? "genuine" : "refused",
    code: verdict?.code ?? "not_judged",
    event: eventOf(request.body),
    message: verdict?.message ?? "Nobody judged it: no provider and no secret were given.",
    status,
    findings,
    steps,
    ...(answer === undefined ? {} : { answer }),
    ...(verdict?.signedAt === undefined ? {} : { signedAt: verdict.signedAt }),
    ...(verdict?.secret === undefined ? {} : { secret: verdict.secret }),
    origin,
  };
}
