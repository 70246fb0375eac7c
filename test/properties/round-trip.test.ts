import { createVerifier, WebhookError } from "@countersign/core";
import { isProof } from "@countersign/core/scheme";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keysOf } from "../key-pairs.ts";
import { type Genuine, genuine, message, NOW, subjects } from "./genuine.ts";
import { sameHeader } from "./same-header.ts";

const RUNS = 40;

describe.each(subjects)("$name", (subject) => {
  const { provider, verifying, signsUrl } = subject;
  // Random URLs have queries, which such rows accept only where somebody vouches for them.
  const vouched = provider.seams?.includes("url/body") ? { exactUrl: ({ url }: { url?: string }) => url ?? "" } : {};
  const verifier = createVerifier(provider, { secret: verifying, payload: "raw", clock: () => NOW, ...vouched });
  const verify = (request: Genuine) => verifier.verify(request);
  const { scheme } = provider;

  test("what is signed verifies, whatever it says", async () => {
    await fc.assert(
      fc.asyncProperty(message, async (said) => {
        const delivery = await verify(await genuine(subject, said));
        expect(Buffer.compare(delivery.body, said.body)).toBe(0);
        if (!isProof(scheme) && scheme.id !== undefined) expect(delivery.id).toBe(said.id);
      }),
      { numRuns: RUNS },
    );
  });

  if (!isProof(scheme)) {
    test("one changed byte of the body is refused", async () => {
      await fc.assert(
        fc.asyncProperty(message, fc.nat(), fc.integer({ min: 1, max: 255 }), async (said, at, mask) => {
          const request = await genuine(subject, said);
          const body = request.body.length === 0 ? Uint8Array.of(mask) : request.body.slice();
          if (request.body.length > 0) body[at % body.length] = (body[at % body.length] as number) ^ mask;
          await refused(verify({ ...request, body }));
        }),
        { numRuns: RUNS },
      );
    });

    test("one byte more or less of the body is refused", async () => {
      await fc.assert(
        fc.asyncProperty(message, fc.nat(255), async (said, extra) => {
          const request = await genuine(subject, said);
          await refused(verify({ ...request, body: Uint8Array.of(...request.body.subarray(0, 1000), extra) }));
          if (said.body.length > 0) await refused(verify({ ...request, body: said.body.subarray(1) }));
        }),
        { numRuns: RUNS },
      );
    });
  }

  test("one changed character of a signature, timestamp, id or credential is refused", async () => {
    await fc.assert(
      fc.asyncProperty(
        message,
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 1, max: 0x1ff }),
        async (said, which, at, mask) => {
          const request = await genuine(subject, said);
          const names = Object.keys(request.headers).filter(
            (name) => name !== "content-type" && !name.endsWith("signed-headers"),
          );
          const name = names[which % names.length] as string;
          const value = request.headers[name] as string;
          const index = at % value.length;
          const code = value.charCodeAt(index) ^ mask;
          const changed = value.slice(0, index) + String.fromCharCode(code) + value.slice(index + 1);
          fc.pre(!sameHeader(provider, name, changed, value));
          await refused(verify({ ...request, headers: { ...request.headers, [name]: changed } }));
        },
      ),
      { numRuns: RUNS * 3 },
    );
  });

  if (signsUrl)
    test("one changed character of the URL is refused", async () => {
      await fc.assert(
        fc.asyncProperty(message, fc.nat(), fc.constantFrom(..."abcxyz019/-_.=&?"), async (said, at, character) => {
          const request = await genuine(subject, said);
          const start = provider.name === "contentful" ? said.host.length + 1 : 0; // It signs no host.
          fc.pre(request.url.length > start);
          const index = start + (at % (request.url.length - start));
          fc.pre(request.url[index] !== character);
          const url = request.url.slice(0, index) + character + request.url.slice(index + 1);
          await refused(verify({ ...request, url }));
        }),
        { numRuns: RUNS },
      );
    });

  test("another secret is refused", async () => {
    // Pairs take turns, so that one of two is another.
    const drawn = [keysOf(provider, swap(verifying)).verifying, keysOf(provider, swap(verifying)).verifying];
    const other = createVerifier(provider, {
      secret: drawn.find((one) => one !== verifying) as string,
      payload: "raw",
      clock: () => NOW,
      ...vouched,
    });
    await fc.assert(
      fc.asyncProperty(message, async (said) => refused(other.verify(await genuine(subject, said)))),
      { numRuns: 20 },
    );
  });
});

/** Another secret of the same form: its first character that is a digit or letter of all alphabets, changed. */
function swap(secret: string): string {
  const at = secret.search(/[0-9](?=[0-9a-zA-Z]{3})/);
  return `${secret.slice(0, at)}${(Number(secret[at]) + 1) % 10}${secret.slice(at + 1)}`;
}

async function refused(work: Promise<unknown>): Promise<void> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(WebhookError);
}
