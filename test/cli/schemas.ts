/** What `--json` prints, command by command: nothing more and nothing less. */
import { z } from "zod";

const time = z.iso.datetime();
const notes = z.array(z.string());
const headers = z.record(z.string(), z.string());

export const failure = z.strictObject({
  error: z.strictObject({ code: z.string().regex(/^[a-z_]+$/), message: z.string().min(1), mend: z.string() }),
});

export const verify = z.strictObject({
  provider: z.string(),
  ok: z.boolean(),
  code: z.string(),
  message: z.string(),
  status: z.number(),
  signedAt: time.optional(),
  id: z.string().optional(),
  secret: z.number().optional(),
  judgedAt: time,
  form: z.string(),
  bytes: z.number(),
  notes,
});

export const explain = z.strictObject({
  provider: z.string(),
  ok: z.boolean(),
  code: z.string(),
  findings: z.array(z.strictObject({ code: z.string(), sentence: z.string(), mend: z.string() })),
  notes,
  fits: z.array(z.string()),
  judgedAt: time,
});

export const sign = z.strictObject({ provider: z.string(), headers, curl: z.string(), bytes: z.number(), notes });

export const send = z.strictObject({
  ok: z.boolean(),
  request: z.strictObject({ method: z.string(), url: z.string(), headers, bytes: z.number() }),
  response: z.strictObject({ status: z.number(), headers, body: z.string(), milliseconds: z.number() }),
});

export const provider = z.strictObject({
  name: z.string(),
  docs: z.url(),
  proof: z.string(),
  signed: z.string(),
  headers: z.array(z.string()),
  tolerance: z.union([z.string(), z.number()]).optional(),
  secret: z.string(),
  unprotected: z.string().optional(),
  seams: z.array(z.string()),
  retries: z.union([z.string(), z.number()]).optional(),
  handshake: z.boolean(),
  notSecrets: z.array(z.string()),
});

export const secret = z.strictObject({ secret: z.string(), publicKey: z.string().optional() });
