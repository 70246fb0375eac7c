import { expect, test } from "vitest";
import { describeFailure } from "./failure.ts";
import { LookupFailed } from "./resolve.ts";

const coded = (code: string, message = "secret-of-the-server") => Object.assign(new Error(message), { code });

test.each([
  ["the parser's word for what is no HTTP", coded("HPE_INVALID_CONSTANT"), "invalid_response"],
  ["a head that is too large", coded("UND_ERR_HEADERS_OVERFLOW"), "invalid_response"],
  ["an unasked 100 Continue", coded("UND_ERR_SOCKET", "bad response"), "invalid_response"],
  ["an unasked upgrade", coded("UND_ERR_SOCKET", "bad upgrade"), "invalid_response"],
  ["a resolver that throws anything", new LookupFailed(new TypeError("x is not a function")), "dns_failed"],
  ["a resolver's own code", new LookupFailed(coded("SOMETHING_ELSE")), "dns_failed"],
  ["a name that is not there", new LookupFailed(coded("ENOTFOUND")), "dns_failed"],
  ["too many open files", coded("EMFILE"), "out_of_resources"],
  ["too many open files of all processes", coded("ENFILE"), "out_of_resources"],
  ["no buffers", coded("ENOBUFS"), "out_of_resources"],
  ["no memory", coded("ENOMEM"), "out_of_resources"],
  ["no descriptor for the look-up", new LookupFailed(coded("EMFILE")), "out_of_resources"],
  ["no memory for the look-up", new LookupFailed(coded("EAI_MEMORY")), "out_of_resources"],
  ["no descriptor for any of several addresses", new AggregateError([coded("EMFILE")]), "out_of_resources"],
  ["a connection that is refused", coded("ECONNREFUSED"), "connect_failed"],
  ["one that is reset", coded("ECONNRESET"), "connection_lost"],
])("%s has its own name, and quotes nothing", (_name, error, code) => {
  const failure = describeFailure(error);
  expect(failure.code).toBe(code);
  expect(failure.message).not.toMatch(/secret|function/);
});
