export { KeySourceError } from "./error.ts";
export type { KeyFetch, KeyResponse } from "./get.ts";
export { jwks } from "./jwks.ts";
export { keyList, type ListedKey } from "./key-list.ts";
export type { KeyLookup } from "./lookup.ts";
export type { KeySourceOptions } from "./options.ts";
export { pem } from "./pem.ts";
export { jwksOf, type PublishedJwk, type PublishedKey } from "./publish.ts";
