/**
 * What the vendors' own pages show as a webhook, shortened, typed as our payloads; and read without a question mark where
 * the vendor always sends it. Compiled in a stranger's project in every mode, and verified by `../samples.test.ts`.
 */
import type { Provider } from "@countersign/core";
import {
  aperture,
  apono,
  asana,
  bitbucket,
  box,
  calendly,
  clerk,
  contentful,
  discord,
  dropbox,
  fal,
  forgejo,
  gitea,
  github,
  githubSecretScanning,
  gitlab,
  hubspot,
  intercom,
  line,
  linear,
  meta,
  notion,
  paddle,
  pagerduty,
  razorpay,
  resend,
  sendgrid,
  sentry,
  shopify,
  slack,
  square,
  stalwart,
  standardWebhooks,
  stripe,
  svix,
  tailscale,
  tappass,
  telnyx,
  twilio,
  typeform,
  vercel,
  whatsapp,
  wise,
  workos,
  zendesk,
  zoom,
} from "@countersign/core/providers";

export interface Sample<Payload = any> {
  readonly provider: Provider<Payload>;
  /** Where the vendor shows it. */
  readonly source: string;
  readonly payload: Payload;
  /** Reads what is always there. */
  readonly read: (payload: Payload) => unknown;
}

function sample<Payload>(
  provider: Provider<Payload>,
  source: string,
  payload: NoInfer<Payload>,
  read: (payload: NoInfer<Payload>) => unknown,
): Sample<Payload> {
  return { provider, source, payload, read };
}

export const samples: readonly Sample[] = [
  sample(
    aperture({ event: "entire_request" }),
    "https://tailscale.com/docs/aperture/how-to/build-custom-webhook",
    {
      metadata: { login_name: "alice@example.com", model: "gpt-5.5", provider: "openai", request_id: "abc123" },
      tool_calls: [{ name: "search", params: { q: "weather" } }],
      estimated_cost: { dollars: 0.0342, cost_basis: "anthropic/claude-sonnet-4-6", usage: { input_tokens: 1500 } },
    },
    (payload) => payload.metadata.request_id,
  ),
  sample(
    apono({ header: "authorization" }),
    "https://docs.apono.io/docs/webhook-integrations/outbound-webhooks",
    {
      event_type: "AccessRequestCreated",
      event_time: 1726139940,
      data: { id: "a1b2", friendly_id: "AR-123", requester: { id: "u1", name: "Jane Doe", email: "jane@example.com" } },
    },
    // Its template is written by the webhook's author, who may leave out anything.
    (event) => event?.data?.requester?.email,
  ),
  sample(
    asana,
    "https://developers.asana.com/docs/webhooks-guide",
    {
      events: [
        {
          user: { gid: "1123", resource_type: "user" },
          created_at: "2013-08-21T18:20:37.972Z",
          action: "changed",
          resource: { gid: "1337", resource_type: "task", resource_subtype: "default_task" },
          parent: null,
          change: { field: "name", action: "changed" },
        },
        {
          user: null,
          created_at: "2013-08-21T18:20:37.972Z",
          action: "added",
          resource: { gid: "1338", resource_type: "task" },
          parent: { gid: "7", resource_type: "project" },
        },
      ],
    },
    (payload) => payload.events.map(({ resource, created_at }) => [resource.gid, resource.resource_type, created_at]),
  ),
  sample(
    bitbucket,
    "https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/",
    {
      actor: { type: "user", nickname: "evzijst" },
      repository: {
        type: "repository",
        full_name: "team_name/repo_name",
        uuid: "{673a6070-3421-46c9-9d48-90745f7bfe8e}",
      },
      push: { changes: [] },
    },
    (event) => event.repository?.full_name,
  ),
  sample(
    box,
    "https://developer.box.com/guides/webhooks/v2/",
    {
      type: "webhook_event",
      id: "eb0c4e06-751f-442c-86f8-fd5bb404dbec",
      created_at: "2016-05-11T12:38:15-07:00",
      trigger: "FILE.PREVIEWED",
      webhook: { id: "53", type: "webhook" },
      created_by: { id: "226067247", type: "user", name: "Rock Climber" },
      source: { id: "73835521473", type: "file", name: "picture.jpg" },
    },
    (event) => [event.id, event.webhook.id, event.created_by.id, event.created_at],
  ),
  sample(
    calendly,
    "https://developer.calendly.com/api-docs/webhook-payload",
    {
      event: "invitee.created",
      created_at: "2020-11-23T17:51:19.000000Z",
      created_by: "https://api.calendly.com/users/AAAAAAAAAAAAAAAA",
      payload: {
        uri: "https://calendly.com/scheduled_events/AAAAAAAAAAAAAAAA/invitees/AAAAAAAAAAAAAAAA",
        email: "test@example.com",
        status: "active",
      },
    },
    (event) => [event.payload.uri, event.created_at, event.created_by],
  ),
  sample(
    clerk,
    "https://clerk.com/docs/guides/development/webhooks/overview",
    {
      data: { id: "user_29wBMCtzATuFJut8jO2VNTVekS4", object: "user", first_name: "Example" },
      instance_id: "ins_123",
      object: "event",
      timestamp: 1654012591835,
      type: "user.created",
    },
    (event) => [event.data.id, event.timestamp, event.instance_id],
  ),
  sample(
    contentful,
    "https://www.contentful.com/developers/docs/webhooks/overview/",
    {
      sys: { type: "Entry", id: "3Eu5oJ6DvKQMoU6s2MoEeM", space: { sys: { type: "Link", id: "5smsq22uwt4m" } } },
      fields: { title: { "en-US": "Hello" } },
    },
    // The body may be written anew in the webhook's settings.
    (payload) => payload?.sys?.id,
  ),
  sample(
    discord,
    "https://docs.discord.com/developers/interactions/receiving-and-responding",
    {
      type: 2,
      token: "A_UNIQUE_TOKEN",
      id: "786008729715212338",
      application_id: "845027738276462632",
      data: { type: 1, name: "cardsearch", id: "771825006014889984" },
    },
    (payload) => (payload.type === 1 ? payload.event.timestamp : payload.data.name),
  ),
  sample(
    discord,
    "https://docs.discord.com/developers/events/webhook-events",
    {
      version: 1,
      application_id: "1234560123453231555",
      type: 1,
      event: { type: "APPLICATION_AUTHORIZED", timestamp: "2024-10-18T14:42:53.064834", data: { integration_type: 1 } },
    },
    (payload) => (payload.type === 1 ? payload.event.timestamp : payload.token),
  ),
  sample(
    fal,
    "https://docs.fal.ai/model-endpoints/webhooks",
    {
      request_id: "123e4567-e89b-12d3-a456-426614174000",
      gateway_request_id: "123e4567-e89b-12d3-a456-426614174000",
      status: "ERROR",
      error: "Invalid status code: 422",
      payload: { detail: [{ loc: ["body", "prompt"], msg: "field required", type: "value_error.missing" }] },
    },
    (event) => (event.status === "OK" ? event.payload : event.error),
  ),
  sample(
    githubSecretScanning,
    "https://docs.github.com/en/code-security/secret-scanning/secret-scanning-partnership-program/secret-scanning-partner-program",
    [
      {
        token: "NMIfyYncKcRALEXAMPLE",
        type: "mycompany_api_token",
        url: "https://github.com/octocat/Hello-World/blob/12345600b9cbe38a219f39a9941c9319b600c002/foo/bar.txt",
        source: "content",
      },
    ],
    (matches) => matches.map(({ token, url }) => [token, url]),
  ),
  sample(
    sendgrid,
    "https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event",
    [
      {
        email: "example@test.com",
        timestamp: 1513299569,
        "smtp-id": "<14c5d75ce93.dfd.64b469@ismtpd-555>",
        event: "processed",
        category: ["cat facts"],
        sg_event_id: "sg_event_id",
        sg_message_id: "sg_message_id",
      },
    ],
    (events) => events.map(({ event, sg_event_id }) => [event, sg_event_id]),
  ),
  sample(
    telnyx,
    "https://developers.telnyx.com/docs/voice/programmable-voice/receiving-webhooks",
    {
      data: {
        record_type: "event",
        event_type: "call.initiated",
        id: "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0",
        occurred_at: "2018-02-02T22:25:27.521992Z",
        payload: { call_control_id: "v2:7subYr8fLrXmaAXm8egeAMpoSJ72J3SGPUuome81-hQuaKRf9b7hKA", state: "parked" },
      },
    },
    (event) => [event.data.event_type, event.data.payload.state],
  ),
  sample(
    wise,
    "https://docs.wise.com/guides/developer/webhooks/event-handling",
    {
      data: {
        resource: { id: 49983981, profile_id: 16055450, account_id: 14124090, type: "transfer" },
        current_state: "incoming_payment_waiting",
        previous_state: null,
        occurred_at: "2021-08-23T10:12:50Z",
      },
      subscription_id: "90aa8e14-4ef1-4a56-861c-f3c9cde097ea",
      event_type: "transfers#state-change",
      schema_version: "2.0.0",
      sent_at: "2021-08-23T10:12:50Z",
    },
    (event) => [event.event_type, event.data.current_state],
  ),
  sample(
    dropbox,
    "https://www.dropbox.com/developers/reference/webhooks",
    {
      list_folder: { accounts: ["dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc"] },
      delta: { users: [12345678] },
    },
    // A team's application is sent members in place of accounts.
    (payload) => payload.list_folder?.accounts,
  ),
  ...[gitea, forgejo].map((provider) =>
    sample(
      provider,
      "https://docs.gitea.com/usage/webhooks",
      {
        ref: "refs/heads/develop",
        before: "28e1879d029cb852e4844d9c718537df08844e03",
        repository: { id: 140, full_name: "gitea/webhooks" },
        sender: { id: 1, login: "gitea" },
      },
      // Forgejo's events about runs have neither.
      (event) => event.sender?.login,
    ),
  ),
  sample(
    github,
    "https://docs.github.com/en/webhooks/webhook-events-and-payloads",
    {
      action: "opened",
      issue: { number: 1347 },
      repository: { id: 1296269, full_name: "octocat/Hello-World" },
      sender: { login: "octocat", id: 1 },
    },
    (event) => event.repository?.full_name,
  ),
  sample(
    gitlab,
    "https://docs.gitlab.com/user/project/integrations/webhook_events/",
    {
      object_kind: "push",
      event_name: "push",
      project: { id: 15, path_with_namespace: "mike/diaspora" },
    },
    (event) => event.project?.id,
  ),
  sample(
    hubspot,
    "https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide",
    [
      {
        objectId: 1246965,
        propertyName: "lifecyclestage",
        propertyValue: "subscriber",
        changeSource: "ACADEMY",
        eventId: 3816279340,
        subscriptionId: 25,
        portalId: 33,
        appId: 1160452,
        occurredAt: 1462216307945,
        subscriptionType: "contact.propertyChange",
        attemptNumber: 0,
      },
      {
        eventId: 3816279480,
        subscriptionId: 22,
        portalId: 33,
        appId: 1160452,
        occurredAt: 1462216307945,
        subscriptionType: "contact.associationChange",
        attemptNumber: 0,
        fromObjectId: 1246978,
        toObjectId: 1246979,
      },
    ],
    (events) => events.map((event) => [event.portalId, event.appId, event.attemptNumber]),
  ),
  sample(
    intercom,
    "https://developers.intercom.com/docs/references/webhooks/webhook-models",
    {
      type: "notification_event",
      id: "notif_ccd8a4d0-f965-11e3-a367-c779cae3e1b3",
      topic: "conversation.user.created",
      app_id: "a86dr8yl",
      created_at: 1392731331,
      delivery_attempts: 1,
      data: { type: "notification_event_data", item: { type: "conversation", id: "123" } },
    },
    (notification) => [notification.data.item.id, notification.app_id, notification.created_at],
  ),
  sample(
    line,
    "https://developers.line.biz/en/reference/messaging-api/#webhook-event-objects",
    {
      destination: "xxxxxxxxxx",
      events: [
        {
          type: "message",
          message: { type: "text", id: "14353798921116", text: "Hello, world" },
          timestamp: 1625665242211,
          source: { type: "user", userId: "U80696558e1aa831..." },
          mode: "active",
          webhookEventId: "01FZ74A0TDDPYRVKNK77XKC3ZR",
          deliveryContext: { isRedelivery: false },
        },
      ],
    },
    (payload) =>
      payload.events.map((event) => [event.webhookEventId, event.timestamp, event.deliveryContext.isRedelivery]),
  ),
  sample(
    linear,
    "https://linear.app/developers/webhooks",
    {
      action: "create",
      type: "Comment",
      createdAt: "2020-01-23T12:53:18.084Z",
      organizationId: "2b0ba1c4-1c5b-4b5c-8b54-7b0b7b6b5f0c",
      webhookId: "000042e3-d123-4980-b49f-8e140eef9329",
      webhookTimestamp: Date.now(),
      url: "https://linear.app/issue/LIN-1778/foo-bar#comment-77217de3",
      data: { id: "2174add1-f7c8-44e3-bbf3-2d60b5ea8bc9", body: "Indeed, I think this is definitely an improvement" },
    },
    (event) => (event.action === "create" ? event.data.id : event.organizationId),
  ),
  sample(
    linear,
    "https://linear.app/developers/agent-interaction",
    {
      action: "prompted",
      type: "AgentSessionEvent",
      createdAt: "2025-07-01T12:00:00.000Z",
      organizationId: "2b0ba1c4-1c5b-4b5c-8b54-7b0b7b6b5f0c",
      webhookId: "000042e3-d123-4980-b49f-8e140eef9329",
      webhookTimestamp: Date.now(),
      agentSession: { id: "s1" },
    },
    (event) => event.data?.id,
  ),
  sample(
    meta,
    "https://developers.facebook.com/docs/graph-api/webhooks/getting-started",
    {
      object: "user",
      entry: [{ time: 1520383571, changes: [{ field: "photos", value: { verb: "update" } }], id: "10210299214172187" }],
    },
    (payload) => payload.entry.map(({ id }) => id),
  ),
  sample(
    whatsapp,
    "https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/text",
    {
      object: "whatsapp_business_account",
      entry: [
        {
          id: "102290129340398",
          changes: [{ value: { messaging_product: "whatsapp", messages: [{ id: "wamid.HBg" }] }, field: "messages" }],
        },
      ],
    },
    (payload) => payload.entry.map(({ id }) => id),
  ),
  sample(
    notion,
    "https://developers.notion.com/reference/webhooks-events-delivery",
    {
      id: "367cba44-b6f3-4c92-81e7-6a2e9659efd4",
      timestamp: "2024-12-05T23:55:34.285Z",
      workspace_id: "13950b26-c203-4f3b-b97d-93ec06319565",
      workspace_name: "Quantify Labs",
      subscription_id: "29d75c0d-5546-4414-8459-7b7a92f1fc4b",
      integration_id: "0ef2e755-4912-8096-91c1-00376a88a5ca",
      type: "page.created",
      authors: [{ id: "c7c11cca-1d73-471d-9b6e-bdef51470190", type: "person" }],
      accessible_by: [{ id: "556a1abf-4f08-40c6-878a-75890d2a88ba", type: "person" }],
      attempt_number: 1,
      entity: { id: "153104cd-477e-809d-8dc4-ff2d96ae3090", type: "page" },
      data: { parent: { id: "13950b26-c203-4f3b-b97d-93ec06319565", type: "space" } },
    },
    (event) => [event.entity.id, event.data.parent, event.attempt_number],
  ),
  sample(
    paddle,
    "https://developer.paddle.com/webhooks/overview",
    {
      event_id: "evt_01hv8x2acma2gz7he8kg5s0hna",
      event_type: "transaction.completed",
      occurred_at: "2024-04-12T10:18:49.621022Z",
      notification_id: "ntf_01hv8x2af2tr3hp9pyh1rsd2k9",
      data: { id: "txn_01hv8wptq8987qeep44cyrewp9", status: "completed" },
    },
    (event) => [event.data.id, event.occurred_at],
  ),
  sample(
    pagerduty,
    "https://developer.pagerduty.com/docs/webhooks-overview",
    {
      event: {
        id: "01BX6MY98AVDZ4CVEHHMYPQAPB",
        event_type: "pagey.ping",
        resource_type: "pagey",
        occurred_at: "2020-10-02T18:45:22Z",
        agent: null,
        client: null,
        data: { message: "Hello from your friend Pagey!", type: "ping" },
      },
    },
    ({ event }) => [event.data.type, event.occurred_at],
  ),
  sample(
    razorpay,
    "https://razorpay.com/docs/webhooks/payloads/payments",
    {
      entity: "event",
      account_id: "acc_BFQ7uQEaa7j2z7",
      event: "payment.captured",
      contains: ["payment"],
      created_at: 1691735748,
      payload: { payment: { entity: { id: "pay_DESp9bgForNoUd", amount: 100 } } },
    },
    (event) => [event.payload.payment, event.contains.length, event.created_at],
  ),
  sample(
    resend,
    "https://resend.com/docs/webhooks/emails/bounced",
    {
      type: "email.bounced",
      created_at: "2024-11-22T23:41:12.126Z",
      data: { email_id: "56761188-7520-42d8-8898-ff6fc54ce618", bounce: { type: "Permanent" } },
    },
    (event) => [event.data.email_id, event.created_at],
  ),
  sample(
    sentry,
    "https://docs.sentry.io/organization/integrations/integration-platform/webhooks/installation/",
    {
      action: "created",
      actor: { id: 1, name: "Meredith Heller", type: "user" },
      data: { installation: { status: "pending", uuid: "a8e5d37a-696c-4c54-adb5-b3f28d64c7de" } },
      installation: { uuid: "a8e5d37a-696c-4c54-adb5-b3f28d64c7de" },
    },
    (event) => [event.installation.uuid, event.data.installation, event.actor.name],
  ),
  sample(
    shopify,
    "https://shopify.dev/docs/apps/build/webhooks/subscribe/https",
    { id: 548380009, email: "jon@example.com" },
    (resource) => resource.id,
  ),
  sample(
    slack,
    "https://docs.slack.dev/apis/events-api/",
    {
      type: "event_callback",
      token: "XXYYZZ",
      team_id: "T123ABC456",
      api_app_id: "A123ABC456",
      event: { type: "reaction_added", user: "U123ABC456", reaction: "thumbsup" },
      event_id: "Ev123ABC456",
      event_time: 1234567890,
    },
    (payload) => (payload.type === "event_callback" ? [payload.event.type, payload.event_id] : payload.team_id),
  ),
  sample(
    slack,
    "https://docs.slack.dev/apis/events-api/#rate-limiting",
    {
      type: "app_rate_limited",
      token: "Jhj5dZrVaK7ZwHHjRyZWjbDl",
      team_id: "T123ABC456",
      minute_rate_limited: 1518467820,
      api_app_id: "A123ABC456",
    },
    (payload) => (payload.type === "app_rate_limited" ? payload.minute_rate_limited : undefined),
  ),
  sample(
    slack,
    "https://docs.slack.dev/reference/interaction-payloads/block_actions-payload",
    {
      type: "block_actions",
      team: { id: "T9TK3CUKW", domain: "example" },
      user: { id: "UA8RXUSPL", username: "jtorrance", team_id: "T9TK3CUKW" },
      trigger_id: "12321423423.333649436676.d8c1bb837935619ccad0f624c448ffb3",
      actions: [{ action_id: "WaXA", block_id: "=qXel" }],
    },
    (payload) => (payload.type === "block_actions" ? [payload.trigger_id, payload.user.id] : undefined),
  ),
  sample(
    square,
    "https://developer.squareup.com/docs/webhooks/overview",
    {
      merchant_id: "6SSW7HV8K2ST5",
      type: "customer.created",
      event_id: "8bbb7b6b-6e4b-4b7e-9ba2-1d5b7b0b4b0c",
      created_at: "2019-10-29T17:26:16.895Z",
      data: { type: "customer", id: "A537H7KAQWSAF8M8EM1Y23E16M", object: { customer: { given_name: "Amelia" } } },
    },
    (event) => [event.merchant_id, event.data.type, event.data.id, event.created_at],
  ),
  sample(
    stalwart,
    "https://stalw.art/docs/telemetry/webhooks",
    {
      events: [
        {
          id: "1687359300037",
          createdAt: "2023-06-21T14:55:00Z",
          type: "auth.success",
          data: { accountName: "jdoe@example.org", accountId: 5 },
        },
      ],
    },
    (payload) => payload.events.map(({ id, data }) => [id, data.spanId]),
  ),
  ...[standardWebhooks, svix].map((provider) =>
    sample(
      provider,
      "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
      {
        type: "user.created",
        timestamp: "2022-11-03T20:26:10.344522Z",
        data: { id: "1f81eb52-5198-4599-803e-771906343485" },
      },
      // The body is the sender's; the specification only recommends one.
      (event) => event.type,
    ),
  ),
  sample(
    stripe,
    "https://docs.stripe.com/api/events/object",
    {
      id: "evt_1NG8Du2eZvKYlo2CUI79vXWy",
      object: "event",
      api_version: "2019-02-19",
      created: 1686089970,
      data: { object: { id: "seti_1NG8Du2eZvKYlo2C9XMqbR0x", object: "setup_intent" } },
      livemode: false,
      pending_webhooks: 0,
      request: { id: null, idempotency_key: null },
      type: "setup_intent.created",
    },
    (event) => [event.data.object.id, event.created, event.livemode],
  ),
  sample(
    tailscale,
    "https://tailscale.com/docs/features/webhooks",
    [
      {
        timestamp: "2022-09-21T13:37:51.658918-04:00",
        version: 1,
        type: "test",
        tailnet: "example.com",
        message: "This is a test event",
        data: null,
      },
      {
        timestamp: "2022-09-21T13:59:02.949217-04:00",
        version: 1,
        type: "nodeCreated",
        tailnet: "example.com",
        message: "Node alice-workstation1.yak-bebop.ts.net created",
        data: { nodeID: "nFJw3SRKTM59", deviceName: "alice-workstation1.yak-bebop.ts.net" },
      },
    ],
    // Its signed example has no data at all.
    (events) => events.map((event) => [event.tailnet, event.message, event.data?.actor]),
  ),
  sample(
    tappass({ header: "authorization" }),
    "https://docs.tappass.ai/observability/exports",
    {
      audit_id: "ae_7f3k2m",
      timestamp: "2026-07-14T09:12:33Z",
      event_kind: "policy_block",
      severity: "error",
      agent_id: "support-bot",
      policy_result: { verdict: "deny", rule: "no_pii_to_external" },
    },
    (event) => [event.audit_id, event.timestamp, event.policy_result?.rule],
  ),
  sample(
    twilio,
    "https://www.twilio.com/docs/messaging/guides/webhook-request",
    { MessageSid: "SMxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", Body: "Hello" },
    (parameters) => parameters.MessageSid,
  ),
  sample(
    typeform,
    "https://www.typeform.com/developers/webhooks/example-payload/",
    {
      event_id: "LtWXD3crgy",
      event_type: "form_response",
      form_response: {
        form_id: "lT4Z3j",
        token: "a3a12ec67a1365927098a606107fac15",
        submitted_at: "2018-01-18T18:17:02Z",
        landed_at: "2018-01-18T18:07:02Z",
        answers: [],
      },
    },
    ({ form_response }) => [form_response.form_id, form_response.token, form_response.landed_at],
  ),
  sample(
    vercel,
    "https://vercel.com/docs/webhooks/webhooks-api",
    {
      id: "uev_4c8k3Zq",
      type: "deployment.created",
      createdAt: 1567024758130,
      region: null,
      payload: { deployment: { id: "dpl_1" }, team: { id: null }, user: { id: "u1" } },
    },
    (event) => [event.payload.deployment, event.createdAt, event.region],
  ),
  sample(
    workos,
    "https://workos.com/docs/events",
    {
      id: "event_01G69A9MG5JNM3F38ND7QJ1ZD1",
      event: "dsync.user.created",
      created_at: "2021-06-25T19:07:33.155Z",
      data: { id: "directory_user_01E1X1B89NH8Z3SDFJR4H7RGX7", state: "active" },
    },
    (event) => [event.data.id, event.created_at],
  ),
  sample(
    zendesk,
    "https://developer.zendesk.com/api-reference/webhooks/event-types/user-events/",
    {
      type: "zen:event-type:user.active_changed",
      id: "01HFBVQNKZZMK4ZPWXKK4BAHJT",
      account_id: 12514403,
      time: "2022-03-15T06:40:36.411Z",
      subject: "zen:user:6596848315901",
      event: { current: true, previous: false },
      detail: { id: "6596848315901" },
    },
    // A trigger's body is its author's.
    (event) => event?.detail?.id,
  ),
  sample(
    zoom,
    "https://developers.zoom.us/docs/api/meetings/events/",
    {
      event: "meeting.started",
      event_ts: 1626230691572,
      payload: { account_id: "AAAAAABBBB", object: { id: "1234567890", topic: "My Meeting" } },
    },
    ({ event_ts, payload }) => [event_ts, payload.account_id],
  ),
];
