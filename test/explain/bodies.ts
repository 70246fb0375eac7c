/** Bodies as the vendors send them: their own layout, escapes, numbers and odd characters. */
const escaped = (json: string) =>
  json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** Two blanks, a line break between, escapes as they are. */
export const stripe = JSON.stringify(
  {
    id: "evt_1NG8Du2eZvKYlo2CUI79vXWy",
    object: "event",
    api_version: "2024-06-20",
    created: 1_783_999_990,
    data: {
      object: { id: "pi_3", amount: 2000, currency: "eur", description: "Käse & Brot", metadata: {}, refunds: [] },
    },
    livemode: false,
    pending_webhooks: 1,
    type: "payment_intent.succeeded",
  },
  null,
  2,
);

/** Compact, and numbers such as 0.0 (a dependabot alert). */
export const github =
  '{"action":"created","alert":{"number":7,"cvss":{"vector_string":null,"score":0.0}},"issue":{"title":"Plaça Pau Vila 1 😀","labels":[]},"repository":{"id":35129377,"full_name":"baxterthehacker/public-repo","url":"https://api.github.com/repos/baxterthehacker/public-repo"}}';
/** Compact, without such numbers. */
export const githubIssue = github.replace('"score":0.0', '"score":7.5');

/** A slash command: every character but letters, digits and `-._` escaped, blanks as plus signs. */
export const slackCommand =
  "token=gIkuvaNzQIHg97ATvDxqgjtO&team_id=T0001&team_domain=example&channel_name=test&command=%2Fweather&text=%2A94070%2A+%28San+Jos%C3%A9%29+%7Enow%7E+it%27s+hot%21&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2F1234%2F5678";
/** A pressed button: JSON in one field. */
export const slackAction = `payload=${encodeURIComponent('{"type":"block_actions","user":{"id":"U1","name":"zoë"},"actions":[{"value":"it\'s *ok* (now)"}]}').replace(/[!'()*~]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)}`;
/** An event: slashes escaped, as PHP writes them. */
export const slackEvent = escaped(
  JSON.stringify({
    type: "event_callback",
    event: { type: "message", text: "see <https://example.com/a/é>", ts: "1784000000.000200" },
  }).replaceAll("/", "\\/"),
);

/** Identifiers beyond a double, `&` escaped, prices as text. */
export const shopify =
  '{"id":820982911946154508,"email":"jon@example.com","total_price":"409.94","note":"Fish \\u0026 Chips","line_items":[{"id":866550311766439020,"grams":1000,"price":"199.00"}],"shipping":{"url":"https:\\/\\/example.myshopify.com\\/orders"},"note_attributes":[]}';
/** An order whose numbers fit. */
export const shopifySmall =
  '{"id":450789469,"email":"jon@example.com","total_price":"409.94","note":"Fish \\u0026 Chips","landing_site":"http://www.example.com?source=abc","tags":"imported"}';

export const clerk = JSON.stringify({
  data: {
    id: "user_29w83sxmDNGwOuEthce5gg56FcC",
    first_name: "Zoë",
    unsafe_metadata: {},
    created_at: 1_654_012_591_514,
  },
  object: "event",
  type: "user.created",
});
export const resend = JSON.stringify({
  type: "email.opened",
  created_at: "2026-07-14T03:33:20.000Z",
  data: { email_id: "56761188-7520-42d8-8898-ff6fc54ce618", subject: "Grüße — bald", to: ["zoe@example.com"] },
});
export const twilio =
  "ToCountry=DE&SmsMessageSid=SM1&Body=Hall%C3%B6chen+%2A%21&From=%2B14155551234&To=%2B491511234567&NumMedia=0";
/** As Python writes JSON: blanks behind commas and colons, everything but ASCII escaped. */
export const discord = escaped(
  '{"application_id": "845027738276462632", "data": {"id": "845027738276462633", "name": "blep", "options": [{"name": "animal", "value": "dög"}]}, "id": "846462639134605312", "type": 2, "version": 1}',
);
/** Two blanks and a line break at the end. */
export const contentful = `${JSON.stringify({ sys: { type: "Entry", id: "5KsDBWseXY6QegucYAoacS" }, fields: { title: { "en-US": "Zürich" } } }, null, 2)}\n`;
export const notion = JSON.stringify({
  id: "367cba44",
  type: "page.created",
  entity: { id: "153104cd", type: "page" },
  data: {},
});
export const linear = JSON.stringify({
  action: "update",
  type: "Issue",
  webhookTimestamp: 1_784_000_000_000,
  data: { title: "Größe", estimate: 3 },
});
export const line =
  '{"destination":"U0","events":[{"type":"message","message":{"type":"text","id":"444573844083572737","text":"こんにちは 🍣"},"timestamp":1784000000000,"source":{"type":"user","userId":"U1"}}]}';
export const razorpay =
  '{"entity":"event","account_id":"acc_1","event":"payment.captured","payload":{"payment":{"entity":{"id":"pay_1","amount":50000,"fee":1180.0,"notes":[],"description":"₹ 500"}}},"created_at":1783999990}';
export const sentry = JSON.stringify({
  action: "created",
  data: { issue: { id: "1170820242", title: "ReferenceError: “x” is not defined" } },
});
export const dropbox =
  '{"list_folder": {"accounts": ["dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc"]}, "delta": {"users": [12345678]}}';
/** Meta signs what it sends: everything but ASCII escaped, slashes too. */
export const meta = escaped(
  '{"object":"page","entry":[{"id":"1","time":1784000000,"messaging":[{"message":{"text":"schön 😀","link":"https:\\/\\/example.com\\/a"}}]}]}',
);
export const typeform = JSON.stringify({
  event_id: "LtWXD3crgy",
  event_type: "form_response",
  form_response: { score: 9.5, text: "naïve" },
});
export const pagerduty = JSON.stringify({
  event: { id: "5ac64822", event_type: "incident.triggered", data: { title: "Störung" } },
});
export const zoom = JSON.stringify({
  event: "meeting.started",
  payload: { account_id: "A", object: { topic: "Jour fixe – Köln", id: "1234567890" } },
  event_ts: 1_784_000_000_000,
});
export const paddle = JSON.stringify({
  event_id: "evt_01",
  event_type: "subscription.created",
  data: { id: "sub_1", custom_data: null, name: "Ärzte" },
});
export const square = JSON.stringify({
  merchant_id: "6SSW7HV8K2ST5",
  type: "payment.updated",
  data: { type: "payment", note: "crème brûlée" },
});
export const hubspot = JSON.stringify([
  {
    eventId: 1,
    subscriptionId: 12,
    portalId: 62515,
    occurredAt: 1_784_000_000_000,
    subscriptionType: "contact.creation",
    objectId: 123,
  },
]);
export const zendesk = JSON.stringify({
  account_id: 22129848,
  type: "zen:event-type:user.created",
  subject: "zen:user:1",
  detail: { name: "Ångström" },
});
export const intercom =
  '{"type":"notification_event","topic":"user.created","data":{"item":{"name":"Brontë","score":10.0}}}';
export const vercel = JSON.stringify({
  id: "evt",
  type: "deployment.succeeded",
  payload: { name: "größer", plan: "pro" },
});
export const sanity =
  '{"_id":"drafts.1","_type":"post","title":"Overføring","slug":{"current":"overforing"},"rating":4.0}';
/** Events one a line, CRLF between them and at the end, as SendGrid writes a batch. */
export const sendgrid = `${JSON.stringify([
  { email: "a@example.com", event: "delivered", timestamp: 1_783_999_990, sg_event_id: "ZGVsaXZlcmVk" },
  { email: "b@example.com", event: "open", timestamp: 1_783_999_991, sg_event_id: "b3Blbg" },
])
  .split("},{")
  .join("},\r\n{")}\r\n`;
/** Something long, for whatever cuts. */
export const long = JSON.stringify({
  type: "order.created",
  lines: Array.from({ length: 3000 }, (_, i) => ({ sku: `A-${i}`, name: "Überraschung" })),
});
