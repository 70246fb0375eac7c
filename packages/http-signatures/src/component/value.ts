import type { Table } from "@countersign/core/checks";
import { type HeaderSource, isResponse, type Message, type RequestMessage } from "../field/message.ts";
import type { FieldType } from "../field/structured.ts";
import { fieldValue } from "./field-value.ts";
import type { Component } from "./identifier.ts";
import { queryParameter } from "./query-param.ts";
import { readTarget, type Target } from "./target.ts";

type Value = { readonly value: string } | string;

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;
const NO_URL = "the URL holds what must be escaped, or is none";
const NOT_ABSOLUTE = "the URL is not absolute, so that its host is not known";

type Derive = (target: Target) => string | undefined;

/** What is derived from a request's URL. */
const OF_URL: ReadonlyMap<string, Derive> = new Map<string, Derive>([
  ["@target-uri", ({ scheme, authority, path, query }) => authority && `${scheme}://${authority}${path}${query}`],
  ["@authority", ({ authority }) => authority],
  ["@scheme", ({ scheme }) => scheme],
  ["@request-target", ({ path, query }) => path + query],
  ["@path", ({ path }) => path],
  ["@query", ({ query }) => (query === "" ? "?" : query)],
]);

function derived(component: Component, request: RequestMessage, target: () => Target | undefined): Value {
  const { name, parameter } = component;
  if (name === "@method") return TOKEN.test(request.method) ? { value: request.method } : "the method is no token";
  if (name === "@request-target" && request.target !== undefined)
    return /^[\x21-\x7e]+$/.test(request.target) ? { value: request.target } : "it holds what must be escaped";
  const read = target();
  if (read === undefined) return NO_URL;
  if (name === "@query-param") return queryParameter(read.query, parameter as string);
  const value = OF_URL.get(name)?.(read);
  return value === undefined ? NOT_ABSOLUTE : { value };
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
    return derived(component, context, () => this.target(context));
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
