import { ConfigurationError, type Finding, type Provider } from "@countersign/core";
import { detect } from "../provider/detect.ts";
import type { SavedRequest } from "../request/saved.ts";
import { causesOf } from "../verdict/cause.ts";
import { judge, type Verdict } from "../verdict/judge.ts";
import type { ListenOptions } from "./options.ts";

/** What is said of one delivery. */
export interface Judged {
  /** Absent where there is nothing to judge it by. */
  readonly verdict?: Verdict;
  /** As whom it was judged. */
  readonly as?: Provider<any>;
  /** Whose headers it has, where it was to be detected. */
  readonly fits: readonly string[];
  /** Why it is refused; empty where it is not, or nobody knows. */
  readonly causes: () => Promise<readonly Finding[]>;
}

const NOTHING: Judged["causes"] = async () => [];

/** Judges a delivery as the asked-for provider, or as whichever its headers and the secret say. */
export async function judgeDelivery(
  { provider, secrets }: Pick<ListenOptions, "provider" | "secrets">,
  request: SavedRequest,
  now: number,
): Promise<Judged> {
  const candidates =
    provider === "detect" ? detect(request.headers.map(([name]) => name)) : provider === undefined ? [] : [provider];
  const fits = provider === "detect" ? candidates.map(({ name }) => name) : [];
  if (secrets.length === 0) return { fits, causes: NOTHING };
  let first: { readonly verdict: Verdict; readonly as: Provider<any> } | undefined;
  for (const as of candidates) {
    const verdict = await tried(as, secrets, request, now, provider === "detect");
    if (verdict?.ok) return { verdict, as, fits, causes: NOTHING };
    if (verdict !== undefined) first ??= { verdict, as };
  }
  if (first === undefined) return { fits, causes: NOTHING };
  const { verdict, as } = first;
  return { verdict, as, fits, causes: () => causesOf(as, secrets, request, now) };
}

/** A secret that is none of a provider's says that it is another's. */
async function tried(
  provider: Provider<any>,
  secrets: readonly string[],
  request: SavedRequest,
  now: number,
  guessing: boolean,
): Promise<Verdict | undefined> {
  try {
    return await judge(provider, secrets, request, now);
  } catch (error) {
    if (guessing && error instanceof ConfigurationError) return undefined;
    throw error;
  }
}
