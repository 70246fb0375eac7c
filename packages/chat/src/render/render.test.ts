import { describe, expect, test } from "vitest";
import type { Message } from "../message/message.ts";
import { changed } from "./diff.ts";
import { words } from "./read.ts";
import { render } from "./render.ts";

const only = (event: Parameters<typeof render>[0]): Message => {
  const messages = render(event);
  expect(messages).toHaveLength(1);
  return messages[0] as Message;
};
const facts = ({ fields = [] }: Message) => Object.fromEntries(fields.map(({ name, value }) => [name, value]));

const NODE = {
  timestamp: "2022-09-21T13:59:02.949217-04:00",
  version: 1,
  type: "nodeCreated",
  tailnet: "example.com",
  message: "Node alice created",
  data: {
    nodeID: "n1",
    deviceName: "alice",
    managedBy: "alice@example.com",
    actor: "bob@example.com",
    url: "https://login.tailscale.com/admin/machines/1",
  },
};

describe("Tailscale", () => {
  test("an event keeps its tailnet, its people and its link", () => {
    const message = only({ type: "x", data: NODE });
    expect(message).toMatchObject({
      title: "Node created: alice",
      severity: "info",
      source: "Tailscale · example.com",
      time: NODE.timestamp,
    });
    // The title says it already.
    expect(message.text).toBeUndefined();
    expect(message.link).toEqual({ url: NODE.data.url, label: "Open the admin console" });
    expect(facts(message)).toEqual({
      Device: "alice",
      "Managed by": "alice@example.com",
      By: "bob@example.com",
      "Node ID": "n1",
    });
  });

  test("a whole payload is as many messages", () => {
    expect(render({ type: "x", data: [NODE, NODE] })).toHaveLength(2);
  });

  test("an event of one's own with a Tailscale name reads the same", () => {
    expect(only({ type: "nodeCreated", data: NODE.data }).title).toBe("Node created: alice");
    expect(
      only({ type: "nodeCreated", data: { message: "m", tailnet: "t", data: { deviceName: "d" } } }),
    ).toMatchObject({ text: "m", source: "Tailscale · t", fields: [{ name: "Device", value: "d" }] });
  });

  test("another host than Tailscale's is no link", () => {
    for (const url of [
      "https://evil.example/",
      "https://tailscale.com.evil.example/",
      "http://login.tailscale.com/",
      "https://login.tailscale.com@evil.example/",
      5,
      null,
    ]) {
      expect(only({ type: "x", data: { ...NODE, data: { url } } }).link).toBeUndefined();
    }
  });

  test("shows what changed in a policy, roles and a key's end", () => {
    const policy = only({
      type: "x",
      data: { ...NODE, type: "policyUpdate", data: { oldPolicy: "a\nb\nc", newPolicy: "a\nB\nc" } },
    });
    expect(policy.text).toBe("Node alice created\n```\n  a\n- b\n+ B\n  c\n```");
    const roles = only({
      type: "x",
      data: { ...NODE, type: "userRoleUpdated", data: { oldRoles: ["Member"], newRoles: ["Member", "IT admin"] } },
    });
    expect(facts(roles)).toEqual({ Roles: "Member → Member, IT admin" });
    const key = only({
      type: "x",
      data: {
        ...NODE,
        type: "nodeKeyExpired",
        data: { expiration: "2022-11-08T18:44:46.979292Z", actor: "expiring-node-key-marker" },
      },
    });
    expect(facts(key)).toEqual({ "Key expired": new Date("2022-11-08T18:44:46.979Z") });
  });

  test("reads a name that is not documented yet, and data that is absent", () => {
    expect(only({ type: "x", data: { ...NODE, type: "tailnetLockKeyRotated", data: null } }).title).toBe(
      "Tailnet lock key rotated",
    );
  });
});

describe("the other systems", () => {
  test("Stalwart, by family", () => {
    const data = {
      events: [
        {
          id: "1",
          createdAt: "2023-06-21T14:55:00Z",
          type: "auth.failed",
          data: { accountName: "jdoe", remoteIp: "192.0.2.1", causedBy: { type: "dns.error" } },
        },
        { id: "2", createdAt: "2023-06-21T14:55:00Z", type: "message-ingest.ham", data: {} },
      ],
    };
    const [failed, ham] = render({ type: "x", data });
    expect(failed).toMatchObject({ title: "Sign-in: failed (jdoe)", severity: "warn", time: "2023-06-21T14:55:00Z" });
    expect(facts(failed as Message)).toEqual({
      Account: "jdoe",
      "From address": "192.0.2.1",
      "Caused by": "dns.error",
    });
    expect(ham).toMatchObject({ title: "Incoming mail: ham", severity: "info" });
  });

  test("Aperture, with its cost and without its prompts", () => {
    const metadata = {
      login_name: "alice@example.com",
      model: "gpt-5.5",
      provider: "openai",
      request_id: "r",
      session_id: "s",
      tailnet_name: "example.com",
    };
    const estimated_cost = { dollars: 0.0342, usage: { input_tokens: 1500, output_tokens: 800, reasoning_tokens: 0 } };
    const data = {
      metadata,
      estimated_cost,
      user_message: "SECRET PROMPT",
      request_body: { messages: ["SECRET PROMPT"] },
      tool_calls: [{ name: "search", params: { q: "SECRET PROMPT" } }],
      quotas: { day: { current: 50_000_000, capacity: 1_000_000_000 } },
    };
    const message = only({ type: "x", data });
    expect(message).toMatchObject({
      title: "gpt-5.5: $0.0342 (alice@example.com)",
      severity: "warn",
      source: "Aperture · example.com",
    });
    expect(facts(message)).toMatchObject({
      User: "alice@example.com",
      Tokens: "1,500 in, 800 out",
      Tools: "search",
      "Quota day": "$0.05 of $1.00 left (5 %)",
    });
    expect(JSON.stringify(message)).not.toContain("SECRET");
    expect(only({ type: "x", data: { metadata: { ...metadata, estimated_cost } } }).title).toBe(
      "gpt-5.5: $0.0342 (alice@example.com)",
    );
  });

  test("an Aperture budget that is still full raises no alarm, and one that is spent does", () => {
    const of = (current: number) =>
      only({
        type: "x",
        data: {
          metadata: { login_name: "a", model: "m", provider: "p" },
          quotas: { day: { current, capacity: 1_000_000_000 } },
        },
      });
    expect(of(1_000_000_000)).toMatchObject({ severity: "info" });
    expect(of(950_000_000)).toMatchObject({ severity: "info" });
    expect(of(0)).toMatchObject({ severity: "warn" });
    expect(facts(of(-500_000_000))).toMatchObject({ "Quota day": "-$0.50 of $1.00 left (-50 %)" });
  });

  test("TapPass, by kind and severity", () => {
    const data = {
      audit_id: "ae_1",
      timestamp: "2026-04-17T10:15:03Z",
      event_kind: "policy_block",
      agent_id: "support-bot",
      policy_result: { verdict: "deny", rule: "no_pii" },
      severity: "critical",
      detections: [{ category: "pii", severity: "error" }, "secret"],
    };
    const message = only({ type: "x", data });
    expect(message).toMatchObject({ title: "Blocked by policy: support-bot", severity: "critical", source: "TapPass" });
    expect(facts(message)).toMatchObject({ Verdict: "deny", Rule: "no_pii", Detections: "pii (error), secret" });
  });

  test("Apono requests, under both names", () => {
    const data = {
      friendly_id: "AR-123",
      requester: { name: "User", email: "user@example.com" },
      justification: "I need it",
      creation_date: 1696263265.852378,
      revocation_date: "1696266865.852380000",
      access_groups: [{ integration: { name: "prod db", type: "Postgresql" } }],
      custom_fields: { ticketId: "T-1" },
    };
    const message = only({
      type: "x",
      data: { event_type: "AccessRequestCreated", event_time: "1696263265.851898000", data },
    });
    expect(message).toMatchObject({
      title: "Access requested: User",
      severity: "info",
      time: new Date(1_696_263_265_851),
    });
    expect(facts(message)).toMatchObject({
      "Requested by": "User (user@example.com)",
      Resources: "prod db (Postgresql)",
      Justification: "I need it",
      Until: new Date(1_696_266_865_852),
      "Ticket ID": "T-1",
      Request: "AR-123",
    });
    expect(only({ type: "x", data: { event_type: "RequestRejected", data } })).toMatchObject({
      title: "Access rejected: User",
      severity: "warn",
    });
  });
});

describe("any other JSON", () => {
  test("becomes a title, a text, facts and the rest as code", () => {
    const message = only({
      type: "backup.finished",
      data: { message: "All good", size: 12, ok: true, tags: ["a", "b"], nested: { x: 1 }, none: null },
    });
    expect(message).toEqual({
      title: "Backup finished",
      text: 'All good\n```\n{\n  "nested": {\n    "x": 1\n  }\n}\n```',
      fields: [
        { name: "Size", value: "12" },
        { name: "Ok", value: "true" },
        { name: "Tags", value: "a, b" },
      ],
    });
  });

  const odd: readonly (readonly [unknown])[] = [
    [undefined],
    [null],
    ["text"],
    [5],
    [[]],
    [[1, 2]],
    [{}],
    [{ __proto__: null }],
    [{ constructor: 1 }],
    [{ events: [] }],
    [{ metadata: null }],
  ];
  test.each(odd)("takes %j", (data) => {
    expect(only({ type: "x", data }).title).toBe("X");
  });

  test("survives what cannot be printed", () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    expect(only({ type: "x", data: cycle }).text).toContain("not printable");
    expect(only({ type: "x", data: { big: 12n, deep: { n: 12n } } }).text).toContain('"12"');
  });

  test("makes no links", () => {
    expect(only({ type: "x", data: { url: "https://evil.example" } }).link).toBeUndefined();
  });
});

describe("what a person wants to know first", () => {
  test("the object is in the title, and a sentence that only repeats it is gone", () => {
    const said = (type: string, message: string, data: object) =>
      only({ type: "x", data: { ...NODE, type, message, data } });
    const deviceName = "alice-workstation1.yak-bebop.ts.net";
    expect(
      said("nodeKeyExpiringInOneDay", `Node ${deviceName} key expiring in less than one day`, { deviceName }),
    ).toEqual(expect.not.objectContaining({ text: expect.anything() }));
    expect(said("nodeCreated", `Node ${deviceName} created`, { deviceName })).toMatchObject({
      title: "Node created: alice-workstation1",
      kind: "Node created",
      subject: "alice-workstation1",
      fields: [{ name: "Device", value: deviceName }],
    });
    expect(said("userRoleUpdated", "User alice@example.com role changed", { user: "alice@example.com" }).text).toBe(
      undefined,
    );
    // Another node, or more than the title says.
    for (const message of ["Node bob created", `Node ${deviceName} created by mistake`]) {
      expect(said("nodeCreated", message, { deviceName }).text).toBe(message);
    }
    // In other words, but the same.
    for (const [type, again] of [
      ["nodeAuthorized", `Node ${deviceName} authorized`],
      ["nodeNeedsAuthorization", `Node ${deviceName} needs authorization`],
      ["nodeKeyExpired", `Node ${deviceName} key recently expired`],
      ["exitNodeIPForwardingNotEnabled", `Node ${deviceName} is an exit node but IP forwarding is not enabled`],
      ["subnetIPForwardingNotEnabled", `Node ${deviceName} advertises subnet routes but IP forwarding is not enabled`],
    ] as const) {
      expect(said(type, again, { deviceName }).text, type).toBeUndefined();
    }
    const more = `Node ${deviceName} is an exit node but IP forwarding is not enabled on eth0`;
    expect(said("exitNodeIPForwardingNotEnabled", more, { deviceName }).text).toBe(more);
  });

  const stalwart = (type: string, data = {}) =>
    only({ type: "x", data: { type, createdAt: "2026-01-01T00:00:00Z", data } });

  test("Stalwart: a mistyped password is not red, and a ban is protection at work", () => {
    expect(stalwart("auth.failed").severity).toBe("warn");
    expect(stalwart("security.authentication-ban", { remoteIp: "192.0.2.1" })).toMatchObject({
      title: "Security: authentication ban (192.0.2.1)",
      severity: "info",
    });
    expect(stalwart("security.ip-blocked").severity).toBe("info");
    expect(stalwart("security.unauthorized").severity).toBe("warn");
    expect(stalwart("delivery.failed").severity).toBe("error");
    expect(stalwart("store.data-corruption").severity).toBe("critical");
    expect(stalwart("server.startup-error").severity).toBe("error");
  });

  test("an ID weighs less than a person", () => {
    const { fields } = stalwart("auth.success", { accountId: 5, spanId: "3", protocol: "imap", accountName: "jdoe" });
    expect(fields?.map(({ name }) => name)).toEqual(["Account", "Protocol", "Account ID", "Span ID"]);
    expect(Object.keys(facts(only({ type: "x", data: { id: 1, user_id: 2, paid: true, user: "u" } })))).toEqual([
      "Paid",
      "User",
      "ID",
      "User ID",
    ]);
    const metadata = { login_name: "a", model: "m", provider: "p", session_id: "s", request_id: "r" };
    const quotas = { day: { current: 1e9, capacity: 1e9 } };
    expect(Object.keys(facts(only({ type: "x", data: { metadata, quotas } }))).at(-1)).toBe("Request");
  });

  test("good news is green", () => {
    expect(only({ type: "x", data: { ...NODE, type: "nodeApproved" } }).severity).toBe("ok");
    expect(only({ type: "x", data: { ...NODE, type: "userRestored" } }).severity).toBe("ok");
    expect(only({ type: "x", data: { event_type: "AccessRequestGranted", data: {} } }).severity).toBe("ok");
    expect(only({ type: "incident.resolved", data: {} }).severity).toBe("ok");
    expect(only({ type: "incident.resolved", severity: "warn", data: {} }).severity).toBe("warn");
    expect(only({ type: "incident.unresolved", data: {} }).severity).toBeUndefined();
  });

  test("a console's address gives each message of its system a link, but not in place of its own", () => {
    const consoles = { apono: "https://apono.example.com/", tailscale: "https://tail.example.com/" };
    const link = (data: unknown) => render({ type: "x", data }, { consoles })[0]?.link;
    expect(link({ event_type: "AccessRequestCreated" })).toEqual({ url: consoles.apono, label: "Open Apono" });
    expect(link(NODE)).toMatchObject({ url: NODE.data.url });
    expect(link({ ...NODE, data: {} })).toEqual({ url: consoles.tailscale, label: "Open Tailscale" });
    expect(link({ some: "thing" })).toBeUndefined();
  });
});

describe("the event itself", () => {
  test("wins with its severity unless that is the default", () => {
    expect(only({ type: "x", severity: "critical", data: NODE }).severity).toBe("critical");
    expect(only({ type: "x", severity: "info", data: { ...NODE, type: "nodeKeyExpired" } }).severity).toBe("error");
  });

  test("stands in with its time", () => {
    expect(only({ type: "x", time: 5, data: {} }).time).toBe(5);
    expect(only({ type: "x", time: 5, data: NODE }).time).toBe(NODE.timestamp);
  });
});

test("words", () => {
  expect(words("subnetIPForwardingNotEnabled")).toBe("Subnet IP forwarding not enabled");
  expect(words("event_kind.a-b")).toBe("Event kind a b");
  expect(words("nodeID")).toBe("Node ID");
});

test("a diff of a megabyte takes no time", () => {
  const lines = Array.from({ length: 50_000 }, (_, index) => `line ${index}`);
  const other = lines.with(25_000, "changed");
  expect(changed(lines.join("\n"), other.join("\n"))).toBe(
    "  line 24998\n  line 24999\n- line 25000\n+ changed\n  line 25001\n  line 25002",
  );
});
