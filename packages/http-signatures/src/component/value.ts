import type { Table } from "@countersign/core/checks";
import { type HeaderSource, isResponse, type Message, type RequestMessage } from "../field/message.ts";
import type { FieldType } from "../field/structured.ts";
import { fieldValue } from "./field-value.ts";
import type { Component } from "./identifier.ts";
import { queryParameter } from "./query-param.ts";
import { readTarget, type Target } from "./target.ts";

type Value = { readonly value: string } | string;

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;
const NO_URL = "the URL is not absolute, or holds what must be escaped";

/** What is derived from a request. */
const OF_REQUESTS: Readonly<Record<string, (request: RequestMessage, target: () => Target | undefined, component: Component) => Value>> = {
  "@method": ({ method }) => (TOKEN.test(method) ? { value: method } : "the method is no token"),
  "@target-uri": (_, target) => part(target(), ({ scheme, authority, path, query }) => `${scheme}://${authority}${path}${query}`),
  "@authority": (_, target) => part(target(), ({ authority }) => authority),
  "@scheme": (_, target) => part(target(), ({ scheme }) => scheme),
  "@request-target": (request, target) => {
    if (request.target === undefined) return part(target(), ({ path, query }) => path + query);
    return /^[\x21-\x7e]+$/.test(request.target) ? { value: request.target } : "the request target holds what must be escaped";
  },
  "@path": (_, target) => part(target(), ({ path }) => path),
  "@query": (_, target) => part(target(), ({ query }) => (query === "" ? "?" : query)),
  "@query-param": (_, target, { parameter = "" }) => {
    const read = target();
    return read === undefined ? NO_URL : queryParameter(read.query, parameter);
  },
};

function part(target: Target | undefined, of: (target: Target) => string): Value {
  return target === undefined ? NO_URL : { value: of(target) };
}

/** The values that a message has for components. Made for one message; its URL is taken apart once. */
export class Values {
  readonly #message: Message;
  readonly #fields: Table<FieldType>;
  #url: string | undefined;
  #target: Target | undefined;

  /** @param fields structured fields that the application knows beside those of the registry */
  constructor(message: Message, fields: Table<FieldType>) {
    this.#message = message;
    this.#fields = fields;
  }

  /** The value of a component, or a phrase that says why it has none. */
  of(component: Component): Value {
    const context = this.#context(component);
    if (typeof context === "string") return context;
    const { name } = component;
    if (!name.startsWith("@")) {
      const source = component.trailer ? trailersOf(context) : context;
      return source === undefined ? "there are no trailers to read" : fieldValue(component, source, this.#fields);
    }
    if (name === "@status") {
      if (!isResponse(context)) return "a request has no status";
      const { status } = context;
      return Number.isInteger(status) && status >= 100 && status <= 999 ? { value: String(status) } : "it is no status";
    }
    if (isResponse(context)) return "it is of a request, and this is a response";
    return (OF_REQUESTS[name] as (typeof OF_REQUESTS)[string])(context, () => this.target(context), component);
  }

  /** The request's URL in its parts. */
  target(request: RequestMessage): Target | undefined {
    if (this.#url !== request.url) {
      this.#url = request.url;
      this.#target = readTarget(request.url);
    }
    return this.#target;
  }

  #context({ request }: Component): Message | string {
    if (!request) return this.#message;
    if (!isResponse(this.#message)) return '"req" is for responses';
    return this.#message.request ?? "the request that is answered is not given";
  }
}

function trailersOf({ trailers }: Message): HeaderSource | undefined {
  return trailers === undefined ? undefined : { headers: trailers };
}
