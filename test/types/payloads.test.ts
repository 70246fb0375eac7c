/** Types over which a first hour stumbled. The compiler is the test: `tsc -b` fails where one is not as it says here. */
import {
  createVerifier,
  type Delivery,
  type FormPayload,
  guardrail,
  memoryReplayStore,
  type VerifierOptions,
} from "@countersign/core";
import {
  aperture,
  github,
  type StalwartAuthData,
  type StalwartEvent,
  type StripeEvent,
  stripe,
  type TailscaleEvent,
  type TailscalePolicyData,
  tailscale,
} from "@countersign/core/providers";
import * as v from "valibot";
import { describe, expectTypeOf, test } from "vitest";
import { z } from "zod";

const secret = "a long random secret";
const replay = memoryReplayStore();

describe("key: (d) => d.payload.id was typed never", () => {
  test("is given the provider's payload", () => {
    createVerifier(stripe, {
      secret,
      replay,
      key: (delivery) => {
        expectTypeOf(delivery).toEqualTypeOf<Delivery<StripeEvent>>();
        return delivery.payload.id;
      },
    });
    // @ts-expect-error Stripe's events have no such field.
    () => createVerifier(stripe, { secret, replay, key: (d) => d.payload.nothing });
  });

  test("the schema's output, whichever of the two is written first", () => {
    const schema = z.object({ order: z.object({ no: z.string() }) });
    createVerifier(github, { secret, replay, schema, key: (d) => d.payload.order.no });
    createVerifier(github, { secret, replay, key: { from: (d) => d.payload.order.no, missing: "refuse" }, schema });
    const valibot = v.object({ no: v.pipe(v.string(), v.transform(Number)) });
    createVerifier(github, { secret, replay, schema: valibot, key: (d) => d.payload.no.toFixed() });
    // @ts-expect-error The schema knows no such field.
    () => createVerifier(github, { secret, replay, schema, key: (d) => d.payload.id });
  });

  test("the form or the bytes that were asked for", () => {
    createVerifier(github, {
      secret,
      replay,
      payload: "form",
      key: (d) => {
        expectTypeOf(d.payload).toEqualTypeOf<FormPayload>();
        return undefined;
      },
    });
    createVerifier(stripe, { secret, replay, payload: "raw", key: (d) => String(d.payload.byteLength) });
  });

  test("in a guardrail too, and in options that stand apart", () => {
    guardrail(
      aperture({ event: "pre_request" }),
      { secret, replay, key: (d) => d.payload.metadata.request_id },
      () => ({
        action: "allow",
      }),
    );
    const options: VerifierOptions = { secret, replay, key: (d) => d.payload.id };
    expectTypeOf(createVerifier(stripe, options).verify).returns.resolves.toEqualTypeOf<Delivery<StripeEvent>>();
  });

  test("beside a lookup, which keeps its context", () => {
    const verifier = createVerifier(stripe, {
      secret: (_, env: { readonly SECRET: string }) => env.SECRET,
      replay,
      key: (d) => d.payload.id,
    });
    expectTypeOf<Parameters<typeof verifier.verify>[1]>().toEqualTypeOf<{ readonly SECRET: string } | undefined>();
  });
});

describe("event.type was any text", () => {
  const tailscaleEvent = {} as TailscaleEvent;
  const stalwartEvent = {} as StalwartEvent;

  test('a misspelt "nodeCreatd" does not compile', () => {
    // @ts-expect-error There is no such event.
    () => tailscaleEvent.type === "nodeCreatd";
    // @ts-expect-error There is no such event.
    () => stalwartEvent.type === "auth.succes";
    () => tailscaleEvent.type === "nodeCreated" || stalwartEvent.type === "auth.success";
  });

  test("it narrows data", () => {
    if (tailscaleEvent.type === "policyUpdate") {
      expectTypeOf(tailscaleEvent.data).toEqualTypeOf<TailscalePolicyData | null | undefined>();
      expectTypeOf(tailscaleEvent.data?.newPolicy).toEqualTypeOf<string | undefined>();
    }
    switch (tailscaleEvent.type) {
      case "nodeCreated":
      case "nodeDeleted":
        expectTypeOf(tailscaleEvent.data?.deviceName).toEqualTypeOf<string | undefined>();
        break;
      case "userRoleUpdated":
        expectTypeOf(tailscaleEvent.data?.newRoles).toEqualTypeOf<readonly string[] | undefined>();
        break;
      default:
        expectTypeOf(tailscaleEvent.type).toExtend<string>();
    }
    if (stalwartEvent.type === "auth.failed") expectTypeOf(stalwartEvent.data).toEqualTypeOf<StalwartAuthData>();
  });

  test("events that nobody knows yet stay possible", () => {
    const name: string = tailscaleEvent.type;
    () => name === "nodeTeleported" || String(stalwartEvent.type) === "smtp.error";
    const known = new Set<string>(["nodeTeleported"]);
    () => known.has(tailscaleEvent.type);
  });

  test("Stalwart always sends data", () => {
    expectTypeOf<StalwartEvent["data"]["spanId"]>().toEqualTypeOf<number | bigint | undefined>();
  });
});
