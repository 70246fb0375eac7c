import type { WebhookEvent } from "@countersign/sender";

const tailnet = "example.com";
const node = {
  nodeID: "nFJw3SRKTM59",
  deviceName: "alice-workstation1.yak-bebop.ts.net",
  managedBy: "alice@example.com",
  actor: "admin@example.com",
  url: "https://login.tailscale.com/admin/machines/100.12.345.67",
};
const created = {
  timestamp: "2022-09-21T13:59:02.949217-04:00",
  version: 1,
  type: "nodeCreated",
  tailnet,
  message: `Node ${node.deviceName} created`,
  data: node,
};
const expired = {
  ...created,
  type: "nodeKeyExpired",
  message: `Node ${node.deviceName} key recently expired`,
  data: { ...node, actor: "expiring-node-key-marker", expiration: "2022-11-08T18:44:46.979292Z" },
};
const policy = {
  ...created,
  type: "policyUpdate",
  message: "Tailnet policy file updated",
  data: {
    oldPolicy: '{\n\t"acls": [\n\t\t{"action": "accept", "src": ["*"], "dst": ["*:*"]},\n\t],\n}',
    newPolicy: '{\n\t"acls": [\n\t\t{"action": "accept", "src": ["autogroup:member"], "dst": ["*:*"]},\n\t],\n}',
    url: "https://login.tailscale.com/admin/acls",
    actor: "admin@example.com",
  },
};

/** What the page shows: what each system sends, several events at once, too much text, and somebody who means harm. */
export const samples: readonly { readonly title: string; readonly event: WebhookEvent }[] = [
  { title: "Tailscale: a node", event: { type: "tailscale", data: created } },
  { title: "Tailscale: an expired key", event: { type: "tailscale", data: expired } },
  { title: "Tailscale: a new policy", event: { type: "tailscale", data: policy } },
  {
    title: "Tailscale: several events in one delivery",
    event: { type: "tailscale", data: [created, expired, policy] },
  },
  {
    title: "Stalwart: a batch",
    event: {
      type: "stalwart",
      data: {
        events: [
          {
            id: "1",
            createdAt: "2023-06-21T14:55:00Z",
            type: "auth.success",
            data: { accountName: "jdoe@example.org", accountId: 5, remoteIp: "192.0.2.7" },
          },
          {
            id: "2",
            createdAt: "2023-06-21T14:55:01Z",
            type: "security.authentication-ban",
            data: { remoteIp: "192.0.2.9" },
          },
        ],
      },
    },
  },
  {
    title: "Stalwart: more than one message has room for, and the worst comes last",
    event: {
      type: "stalwart",
      data: {
        events: [
          ...Array.from({ length: 22 }, (_, index) => ({
            id: String(index),
            createdAt: "2023-06-21T14:55:00Z",
            type: index < 10 ? "auth.success" : "delivery.completed",
            data: { accountName: `user${index}@example.org` },
          })),
          { id: "22", createdAt: "2023-06-21T14:55:01Z", type: "store.data-corruption", data: { reason: "checksum" } },
        ],
      },
    },
  },
  {
    title: "Aperture: a request and its cost",
    event: {
      type: "aperture",
      data: {
        metadata: {
          login_name: "alice@example.com",
          user_agent: "curl/8.0",
          model: "gpt-5.5",
          provider: "openai",
          tailnet_name: tailnet,
          request_id: "abc123",
          session_id: "oacc_1a2b",
        },
        estimated_cost: { dollars: 0.0342, usage: { input_tokens: 1500, output_tokens: 800, cached_tokens: 200 } },
        tool_calls: [{ name: "search", params: { q: "weather" } }],
      },
    },
  },
  {
    title: "TapPass: a blocked request",
    event: {
      type: "tappass",
      data: {
        audit_id: "ae_01JC",
        timestamp: "2026-04-17T10:15:03Z",
        event_kind: "policy_block",
        agent_id: "support-bot",
        policy_result: { verdict: "deny", rule: "no_pii_to_external" },
        severity: "critical",
        detections: [{ category: "pii", severity: "error" }],
      },
    },
  },
  {
    title: "Apono: an access request",
    event: {
      type: "apono",
      data: {
        event_type: "AccessRequestCreated",
        event_time: 1696263265.851898,
        data: {
          friendly_id: "AR-123",
          requester: { name: "User", email: "user@example.com" },
          justification: "I need access to this",
          revocation_date: 1696266865.85238,
          access_flow: { name: "Flow 1" },
          access_groups: [{ integration: { type: "Postgresql", name: "prod db" } }],
        },
      },
    },
  },
  {
    title: "Any JSON",
    event: {
      type: "backup.finished",
      severity: "warn",
      data: {
        message: "Finished with warnings.",
        size: "12 GB",
        host: "db-1",
        skipped: [{ path: "/tmp/x", reason: "busy" }],
      },
    },
  },
  {
    title: "Somebody who means harm: all of this must be plain text",
    event: {
      type: "tailscale",
      data: {
        ...created,
        message:
          "<!channel> @everyone @here @all <users/all> [Log in](https://evil.example) <https://evil.example|Log in> https://evil.example www.evil.example **bold** `code` # head\n# Heading\n> quote\n- item\n```\n</pre><script>alert(1)</script>",
        data: { ...node, deviceName: "*alice*_<@U024BE7LH>~town-square #tag", url: "https://evil.example/login" },
      },
    },
  },
  { title: "Too long", event: { type: "report", data: { message: "A sentence that goes on and on. ".repeat(1500) } } },
];
