import { explain, type Finding, type Provider } from "@countersign/core";
import { headerRecord, type SavedRequest } from "../request/saved.ts";

/** Larger bodies are not searched while deliveries come: `countersign explain` takes its time for them. */
const LIMIT = 65_536;

/** Why a request is refused, as far as it can be found quickly. Throws nothing: it looks at hostile bytes. */
export async function causesOf(
  provider: Provider<any>,
  secrets: readonly string[],
  request: SavedRequest,
  now: number,
): Promise<readonly Finding[]> {
  const { body, headers, method, url } = request;
  if (body.length > LIMIT) return [TOO_LARGE];
  try {
    return (await explain(provider, { secret: secrets, headers: headerRecord(headers), body, method, url, now }))
      .findings;
  } catch {
    return [];
  }
}

const TOO_LARGE: Finding = {
  code: "not_searched",
  sentence: "The body is too large to look for the cause while deliveries come.",
  mend: "countersign explain takes its time for the kept file.",
};
