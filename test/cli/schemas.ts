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

const sent = z.strictObject({ method: z.string(), url: z.string(), headers, body: z.string() });
const attempt = z.looseObject({ number: z.number(), startedAt: z.number(), events: z.number() });
const ruling = z.enum(["success", "retry", "permanent", "disable"]);
const note = z.strictObject({ option: z.string(), message: z.string() });

export const check = z.union([
  z.strictObject({
    ok: z.literal(true),
    system: z.string(),
    endpoints: z.array(
      z.strictObject({
        name: z.string(),
        url: z.string(),
        method: z.string(),
        signed: z.boolean(),
        retry: z.string(),
        order: z.enum(["any", "fifo"]),
        enabled: z.boolean(),
        requests: z.array(z.strictObject({ request: sent, attempt, ruling })),
      }),
    ),
    notes: z.array(note),
  }),
  z.strictObject({
    ok: z.literal(false),
    problem: z.strictObject({
      code: z.string(),
      option: z.string(),
      message: z.string(),
      file: z.string(),
      line: z.number().optional(),
      column: z.number().optional(),
    }),
  }),
]);

export const testEvent = z.strictObject({
  ok: z.boolean(),
  system: z.string(),
  endpoint: z.string(),
  exchanges: z.array(
    z.strictObject({
      request: sent,
      response: z.strictObject({ status: z.number(), headers, body: z.string() }).optional(),
      attempt,
      ruling,
    }),
  ),
});

export const explainEvent = z.strictObject({
  system: z.string(),
  events: z.array(
    z.strictObject({
      type: z.string(),
      findings: z.array(
        z.strictObject({
          endpoint: z.string(),
          sent: z.enum(["now", "later", "never"]),
          cause: z.string(),
          reason: z.string(),
          until: z.number().optional(),
        }),
      ),
    }),
  ),
});

const finding = z.strictObject({ code: z.string(), sentence: z.string(), mend: z.string() });

/** A line of `listen --json`. */
export const listen = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("listening"),
    url: z.url(),
    keeps: z.string().nullable(),
    forward: z.url().nullable(),
    page: z.url().optional(),
  }),
  z.strictObject({
    kind: z.literal("delivery"),
    number: z.number(),
    at: time,
    method: z.string(),
    url: z.string(),
    bytes: z.number(),
    event: z.string(),
    provider: z.string().optional(),
    ok: z.boolean().optional(),
    code: z.string(),
    message: z.string().optional(),
    fits: z.array(z.string()),
    findings: z.array(finding),
    status: z.number(),
    forwarded: z
      .union([
        z.strictObject({ status: z.number(), milliseconds: z.number() }),
        z.strictObject({ error: z.string(), message: z.string() }),
      ])
      .optional(),
  }),
  z.strictObject({ kind: z.literal("ended"), answered: z.number(), refused: z.number(), keeps: z.string().nullable() }),
]);

export const resend = z.strictObject({
  sent: z.number(),
  accepted: z.number(),
  results: z.array(
    z.strictObject({
      number: z.number().optional(),
      item: z.string().optional(),
      status: z.number().optional(),
      error: z.string().optional(),
      milliseconds: z.number(),
    }),
  ),
});

export const attack = z.strictObject({
  ok: z.boolean(),
  provider: z.string(),
  accepted: z.array(z.string()),
  results: z.array(
    z.strictObject({
      name: z.string().regex(/^[a-z_]+$/),
      tries: z.string(),
      outcome: z.enum(["refused", "accepted", "broke", "leaks", "look"]),
      statuses: z.array(z.number()),
      mend: z.string(),
    }),
  ),
});

export const rotate = z.strictObject({
  secret: z.array(z.string()).length(2),
  file: z.string().nullable(),
  oldLastUsed: time.nullable(),
  genuine: z.number(),
});

export const doctor = z.strictObject({
  ok: z.boolean(),
  checks: z.array(
    z.strictObject({ name: z.string(), state: z.enum(["ok", "warn", "wrong"]), says: z.string(), mend: z.string() }),
  ),
});

const item = z.strictObject({
  item: z.string(),
  endpoint: z.string(),
  event: z.strictObject({ id: z.string(), type: z.string() }),
  enqueuedAt: time,
  attempts: z.number(),
  burial: z.strictObject({ reason: z.string(), message: z.string(), at: time }).optional(),
});

export const outboxStats = z.array(
  z.strictObject({
    endpoint: z.string(),
    pending: z.number(),
    claimed: z.number(),
    dead: z.number(),
    overdue: z.number().optional(),
  }),
);
export const watched = z.strictObject({ at: time, endpoints: outboxStats });
export const outboxList = z.array(item);
export const outboxShow = item.extend({
  event: z.looseObject({ id: z.string(), type: z.string() }),
  tried: z.array(z.looseObject({ number: z.number() })),
});

const inboxLetter = z.strictObject({
  item: z.string(),
  route: z.string(),
  provider: z.string(),
  delivery: z.string().optional(),
  bytes: z.number(),
  attempts: z.number(),
  burial: z.strictObject({ reason: z.string(), message: z.string(), at: time }),
});
export const inboxList = z.array(inboxLetter);
export const inboxShow = inboxLetter.extend({
  headers,
  body: z.base64(),
  tried: z.array(z.looseObject({ number: z.number() })),
});

export const drained = z.strictObject({
  moved: z.number(),
  known: z.number(),
  conflicts: z.number(),
  claimed: z.number(),
  dead: z.number(),
});

export const migrated = z.strictObject({ from: z.number(), to: z.number() });
export const migrationSql = z.strictObject({ sql: z.string() });
