export { jws } from "./jws/jws.ts";
export type { JwsOptions, JwsPart, JwsTime } from "./jws/options.ts";
export { type JwtsInBodyOptions, jwtsInBody } from "./jwt/in-body.ts";
export { jwt } from "./jwt/jwt.ts";
export type { BodyHash, HeadHash, JwtOptions } from "./jwt/options.ts";
export type { Identity } from "./jwt/pins.ts";
export type { Algorithm } from "./key/algorithms.ts";
