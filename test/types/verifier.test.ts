import {
  type Answer,
  body as bodyPart,
  createVerifier,
  type Delivery,
  defineProvider,
  type FormPayload,
  hmac,
  type Incoming,
  type PayloadOf,
  type Verifier,
} from "@countersign/core";
import {
  type AperturePayload,
  aperture,
  github,
  stalwart,
  stripe,
  type TailscaleEvent,
  tailscale,
  tappass,
} from "@countersign/core/providers";
import { signedRequest } from "@countersign/core/testing";
import * as v from "valibot";
import { describe, expectTypeOf, test } from "vitest";
import * as z from "zod";

const secret = "secret";
const own = defineProvider<{ sku: string }>({
  name: "own",
  docs: "https://example.com",
  scheme: hmac({ digest: "sha256", encoding: "hex", signature: { header: "x-s" }, content: [bodyPart] }),
});
type Payload<V> = V extends Verifier<infer P, any> ? P : never;

// Checked by the compiler: `tsc -b` fails when one of these stops being true. Running them proves that they can be built.
describe("the payload that a handler sees", () => {
  test("is the provider's", () => {
    const verifier = createVerifier(tailscale, { secret });
    expectTypeOf<Payload<typeof verifier>>().toEqualTypeOf<TailscaleEvent[]>();
    expectTypeOf(verifier.verify).returns.resolves.toEqualTypeOf<Delivery<TailscaleEvent[]>>();
    expectTypeOf(createVerifier(own, { secret }).verify).returns.resolves.toEqualTypeOf<Delivery<{ sku: string }>>();
    const call = createVerifier(aperture(), { secret });
    expectTypeOf<Payload<typeof call>>().toEqualTypeOf<AperturePayload>();
    const typed = createVerifier(tappass<{ mine: 1 }>({ header: "x-key" }), { secret });
    expectTypeOf<Payload<typeof typed>>().toEqualTypeOf<{ mine: 1 }>();
    expectTypeOf<PayloadOf<typeof own>>().toEqualTypeOf<{ sku: string }>();
  });

  test("is the kind that was asked for", () => {
    const raw = createVerifier(stripe, { secret, payload: "raw" });
    expectTypeOf<Payload<typeof raw>>().toEqualTypeOf<Uint8Array>();
    const form = createVerifier(github, { secret, payload: "form" });
    expectTypeOf<Payload<typeof form>>().toEqualTypeOf<FormPayload>();
    const json = createVerifier(own, { secret, payload: "json" });
    expectTypeOf<Payload<typeof json>>().toEqualTypeOf<{ sku: string }>();
  });

  test("is the output of zod's schema, transforms included", () => {
    const schema = z.object({ count: z.string().transform(Number), when: z.coerce.date() });
    const verifier = createVerifier(own, { secret, schema });
    expectTypeOf<Payload<typeof verifier>>().toEqualTypeOf<{ count: number; when: Date }>();
    const raw = createVerifier(own, { secret, schema, payload: "raw" });
    expectTypeOf<Payload<typeof raw>>().toEqualTypeOf<{ count: number; when: Date }>();
  });

  test("is the output of valibot's schema", () => {
    const schema = v.object({ count: v.pipe(v.string(), v.transform(Number)) });
    const verifier = createVerifier(own, { secret, schema });
    expectTypeOf<Payload<typeof verifier>>().toEqualTypeOf<{ count: number }>();
  });
});

describe("the road", () => {
  const verifier = createVerifier(stalwart, { secret });

  test("begins with an Incoming or an Answer", () => {
    expectTypeOf<Awaited<ReturnType<typeof verifier.begin>>>().toEqualTypeOf<Incoming | Answer>();
  });

  test("hands the request through handle()", () => {
    const handled = () =>
      verifier.handle(new Request("https://example.com"), (delivery, request) => {
        expectTypeOf(request).toEqualTypeOf<Request>();
        expectTypeOf(delivery.payload.events[0]).toMatchTypeOf<{ id: string } | undefined>();
        return new Response();
      });
    expectTypeOf(handled).returns.toEqualTypeOf<Promise<Response>>();
  });

  test("takes the headers of any framework, and bytes in any form", () => {
    type Request = Parameters<typeof verifier.verify>[0];
    expectTypeOf<{ headers: Headers; body: Uint8Array }>().toExtend<Request>();
    expectTypeOf<{ headers: NodeJS.Dict<string | string[]>; body: string }>().toExtend<Request>();
    expectTypeOf<{ headers: Record<string, string>; body: ArrayBuffer }>().toExtend<Request>();
    expectTypeOf<{ headers: Headers; body: { a: 1 } }>().not.toExtend<Request>();
    expectTypeOf<{ body: string }>().not.toExtend<Request>();
  });

  test("gives a lookup its context", () => {
    interface Env {
      readonly SECRET: string;
    }
    const tenant = createVerifier(stripe, { secret: (_, env: Env) => env.SECRET });
    expectTypeOf<Parameters<typeof tenant.verify>[1]>().toEqualTypeOf<Env | undefined>();
  });

  test("a signed request fits what verify() takes, and its payload is the provider's", () => {
    expectTypeOf<Awaited<ReturnType<typeof signedRequest<typeof stripe>>>>().toExtend<
      Parameters<typeof verifier.verify>[0]
    >();
    // @ts-expect-error Tailscale sends a list.
    () => signedRequest(tailscale, { secret, payload: { type: "test" } });
  });
});

describe("what the compiler refuses", () => {
  test("an option that does not exist, or has no such value", () => {
    // @ts-expect-error It is spelt otherwise.
    () => createVerifier(stripe, { secret, tolerence: "5m" });
    // @ts-expect-error The secret is not optional.
    () => createVerifier(stripe, {});
    // @ts-expect-error Nor may the environment variable be missing.
    () => createVerifier(stripe, { secret: undefined as string | undefined });
    // @ts-expect-error There is no such kind.
    () => createVerifier(stripe, { secret, payload: "text" });
    // @ts-expect-error There is no such code.
    () => createVerifier(stripe, { secret, status: { stale: 200 } });
    // @ts-expect-error A provider is no name.
    () => createVerifier("stripe", { secret });
    // @ts-expect-error There is no such digest.
    () => hmac({ digest: "md5", encoding: "hex", signature: { header: "x" }, content: [bodyPart] });
  });
});
