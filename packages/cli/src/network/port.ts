import { Failure } from "../terminal/failure.ts";

/** The port of `--port`. @throws Failure */
export function readPort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new Failure("usage", "invalid_port", "--port takes a number from 0 to 65535; 0 takes any that is free.");
}
