import type { Folder } from "./folder.ts";

/** When a kept delivery was last proven by a secret. */
export interface Use {
  /** RFC 3339; absent where no kept delivery was. */
  readonly last?: string;
  /** How many of the kept deliveries were judged and found genuine, by whichever secret. */
  readonly genuine: number;
}

/** Reads from what `listen` kept when the secret of this digest was last in use. */
export function lastUse(folder: Folder, digest: string): Use {
  let last: string | undefined;
  let genuine = 0;
  for (const number of folder.numbers()) {
    const record = folder.record(number);
    if (record?.code !== "genuine") continue;
    genuine++;
    if (record.secretDigest === digest && (last === undefined || record.at > last)) last = record.at;
  }
  return { genuine, ...(last === undefined ? {} : { last }) };
}
