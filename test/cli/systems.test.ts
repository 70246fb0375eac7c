/** Each of the five systems' own configuration: checked, tried out against a receiver that verifies, explained. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createVerifier } from "@countersign/core";
import { aperture, apono, type stalwart as Stalwart, stalwart, tailscale, tappass } from "@countersign/core/providers";
import { afterAll, describe, expect, test } from "vitest";
import { closedPort, countersign, file, SECRETS, seen } from "./command.ts";
import * as schemas from "./schemas.ts";

afterAll(() => expect(seen()).toEqual([]));

const secret = SECRETS.WEBHOOK_SECRET;
const CONFIGURATIONS = {
  tailscale: file(
    "tailscale.json",
    JSON.stringify({
      webhooks: [
        {
          endpointId: "nQx7EXAMPLE1",
          endpointUrl: "https://example.com/hooks",
          providerType: "",
          subscriptions: ["categoryTailnetManagement"],
        },
        {
          endpointId: "nQx7EXAMPLE2",
          endpointUrl: "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
          providerType: "slack",
          subscriptions: ["policyUpdate"],
        },
      ],
    }),
  ),
  stalwart: file(
    "config.toml",
    `[webhook."audit"]\nurl = "https://example.com/stalwart"\nevents = ["auth.*"]\nthrottle = "1s"\nsignature-key = "%{env:WEBHOOK_SECRET}%"\n`,
  ),
  aperture: file(
    "aperture.hujson",
    `{ // comments, and commas at the end
      "hooks": { "audit": { "url": "https://example.com/aperture", "apikey": "${secret}", "authorization": "x-api-key" } },
      "grants": [{ "src": ["group:ops"], "app": { "tailscale.com/cap/aperture": [
        { "models": "anthropic/**", "send_hooks": [{ "name": "audit", "events": ["entire_request"], "send": ["tools"] }] } ] } }],
    }`,
  ),
  tappass: file(
    "observability.yaml",
    'exports:\n  - name: archive\n    destination: webhook\n    webhook:\n      url: https://example.com/archive\n      headers: { Authorization: "Bearer ${WEBHOOK_SECRET}" }\n    filters: { min_severity: error }\n',
  ),
  apono: file(
    "apono.json",
    JSON.stringify({
      name: "Tickets",
      method: "POST",
      url: "https://example.com/tickets",
      headers: { "x-key": secret },
      triggers: ["RequestCreated"],
    }),
  ),
} as const;

describe("check", () => {
  test.each(Object.entries(CONFIGURATIONS))(
    "%s: knows whose it is, and shows what would be sent where",
    async (system, path) => {
      const { code, stdout, stderr } = await countersign(["check", path]);
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout).toMatch(new RegExp(`^${system}: right, \\d endpoint`));
      expect(stdout).toContain("https://example.com/***");
      const json = schemas.check.parse(JSON.parse((await countersign(["check", path, "--json"])).stdout));
      if (!json.ok) throw new Error(json.problem.message);
      expect(json.system).toBe(system);
      for (const { requests } of json.endpoints) expect(requests[0]?.request.body).not.toBe("");
    },
  );

  test("says what is wrong by line and column, with the nearest name, and ends with 1", async () => {
    const path = file(
      "wrong.yaml",
      "exports:\n  - name: a\n    destination: webhook\n    webhook:\n      url: https://example.com/\n      metod: POST\n",
    );
    const { code, stdout } = await countersign(["check", path]);
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^wrong: Line 6, column 7: .*metod.*"method"/)]);
    const { problem } = JSON.parse((await countersign(["check", path, "--json"])).stdout);
    expect(schemas.check.parse({ ok: false, problem })).toMatchObject({
      problem: { code: "unknown_option", line: 6, column: 7 },
    });
  });

  test("says where: file, line, column and key, also of what the sender refuses", async () => {
    const path = file("private.toml", '[webhook."audit"]\nurl = "https://10.1.2.3/stalwart"\nevents = ["auth.*"]\n');
    const { code, stdout } = await countersign(["check", path]);
    expect([code, stdout]).toEqual([
      1,
      `wrong: audit.url cannot be used: the address is private use (10.0.0.0/8, RFC 1918); --allow ADDRESSES opens it, if that is intended.\n  at ${path}:2:8, key audit.url\n`,
    ]);
    const input = "exports:\n  - nam: a\n";
    const { problem } = JSON.parse((await countersign(["check", "--system", "tappass", "--json"], { input })).stdout);
    expect(problem).toMatchObject({ file: "standard input", line: expect.any(Number) });
    for (const args of [
      ["test", "audit"],
      ["explain-event", "auth.success"],
    ]) {
      const ended = await countersign([...args, "--config", path]);
      expect([ended.code, ended.stderr]).toEqual([3, expect.stringContaining(`${path}:2:8, key audit.url`)]);
      expect(ended.stderr).toContain("--allow ADDRESSES");
    }
  });

  test("speaks of this command line, not of a program's arguments", async () => {
    const masked = [{ id: "b", url: "https://example.com/", signatureKey: { "@type": "Value", secret: "****" } }];
    const path = file("stalwart-one.toml", '[webhook."b"]\nurl = "https://example.com/"\nsignature-key = "****"\n');
    expect((await countersign(["check", path])).stdout).toMatch(/--secret-env ID=VARIABLE|EnvironmentVariable/);
    expect(JSON.stringify(masked)).toContain("****");
    const apono = file(
      "apono-api.json",
      JSON.stringify({
        name: "T",
        type: { http_request: { url: "https://example.com/", method: "POST", headers: {} } },
        active: true,
        authentication_config: {},
        body_template: "{}",
        response_validators: [],
      }),
    );
    expect((await countersign(["check", apono])).stdout).toContain("--secret-env token=VARIABLE names the variable");
    const policy = file(
      "policy.hujson",
      '{"grants":[{"src":["*"],"app":{"tailscale.com/cap/aperture":[{"models":"**","send_hooks":[{"name":"audit","events":["entire_request"]}]}]}}]}',
    );
    expect((await countersign(["check", policy])).stdout).toContain("check the file of Aperture's own settings");
  });

  test("a variable that is not set is told by its name", async () => {
    const path = file(
      "env.yaml",
      "exports:\n  - name: a\n    destination: webhook\n    webhook:\n      url: ${NOT_SET_HERE}\n",
    );
    expect((await countersign(["check", path])).stdout).toContain("NOT_SET_HERE");
  });

  test("what Stalwart's API masks is not taken for a key, and what is unsigned is not shown signed", async () => {
    const masked = {
      id: "b",
      url: "https://example.com/",
      signatureKey: { "@type": "Value", secret: "****" },
      httpAuth: { "@type": "Unauthenticated" },
    };
    const unsigned = {
      id: "c",
      url: "https://example.com/",
      signatureKey: { "@type": "None" },
      httpAuth: { "@type": "Bearer", bearerToken: { "@type": "Value", secret: "****" } },
    };
    const path = file("stalwart-get.json", JSON.stringify([masked, unsigned]));
    const json = schemas.check.parse(
      JSON.parse((await countersign(["check", path, "--system", "stalwart", "--json"])).stdout),
    );
    if (!json.ok) throw new Error(json.problem.message);
    expect(json.endpoints.map(({ name, signed }) => [name, signed])).toEqual([
      ["b", true],
      ["c", false],
    ]);
    expect(json.notes.map(({ option }) => option)).toContain("secrets");
    const refused = await countersign(["test", "b", "--config", path, "--system", "stalwart", "--to", "localhost:1"]);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("--secret-env b=VARIABLE")]);
  });

  test.each([
    ["nobody's", '{"a":1}', [], 3, "none of the five"],
    ["two at once", '{"endpointUrl": 1, "hooks": 1, "triggers": []}', [], 3, "tailscale or aperture or apono"],
    ["a misspelt system", "{}", ["--system", "stalwert"], 2, "stalwart"],
  ])("%s", async (_, text, args, exit, says) => {
    const { code, stderr } = await countersign(["check", ...args], { input: text });
    expect([code, stderr]).toEqual([exit, expect.stringContaining(says)]);
  });
});

describe("test", () => {
  const verdicts: string[] = [];
  let provider: typeof Stalwart | object = stalwart;
  let status = 200;
  const server = createServer(async (request, response) => {
    const verifier = createVerifier(provider as typeof stalwart, { secret, log: false });
    try {
      verdicts.push((await verifier.verifyIncoming(request)).provider);
      response.writeHead(status, { "x-reply": "yes" }).end(`{"echo":"${secret}"}`);
    } catch (error) {
      verdicts.push((error as { code: string }).code);
      response.writeHead(401).end("no");
    }
  });
  const listening = new Promise<string>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve(`127.0.0.1:${(server.address() as AddressInfo).port}`)),
  );
  afterAll(() => server.close().closeAllConnections());

  test.each<[system: keyof typeof CONFIGURATIONS, endpoint: string, row: object, args: string[]]>([
    ["tailscale", "nQx7EXAMPLE1", tailscale, ["--secret-env", "nQx7EXAMPLE1=WEBHOOK_SECRET"]],
    ["stalwart", "audit", stalwart, []],
    ["aperture", "audit", aperture({ authorization: "x-api-key" }), []],
    ["tappass", "archive", tappass({ header: "authorization" }), []],
    ["apono", "Tickets", apono({ header: "x-key" }), []],
  ])(
    "%s sends what a verifier takes, and the answer's body is shown without the secret that it echoes",
    async (system, endpoint, row, args) => {
      provider = row;
      const command = ["test", endpoint, "--config", CONFIGURATIONS[system], "--to", await listening, ...args];
      const { code, stdout, stderr } = await countersign(command);
      expect([code, stderr, verdicts.at(-1)]).toEqual([0, "", system]);
      expect(stdout).toMatch(
        /^POST http:\/\/127[\s\S]+\n200 after \d+ ms: accepted\n[\s\S]*x-reply: yes[\s\S]*\{"echo":"\*+"\}/,
      );
      expect(schemas.testEvent.parse(JSON.parse((await countersign([...command, "--json"])).stdout))).toMatchObject({
        ok: true,
        system,
      });
    },
  );

  test("what is not accepted ends with 1, and says what it would mean", async () => {
    provider = stalwart;
    status = 503;
    const { code, stdout } = await countersign([
      "test",
      "audit",
      "--config",
      CONFIGURATIONS.stalwart,
      "--to",
      await listening,
    ]);
    expect([code, stdout]).toEqual([1, expect.stringContaining("would be tried again")]);
    status = 200;
  });

  test("no answer ends with 4; a special address is refused unless it is opened", async () => {
    expect(
      (
        await countersign([
          "test",
          "audit",
          "--config",
          CONFIGURATIONS.stalwart,
          "--to",
          `127.0.0.1:${await closedPort()}`,
        ])
      ).code,
    ).toBe(4);
    const path = file(
      "private.toml",
      `[webhook."a"]\nurl = "http://${await listening}/"\nevents = ["auth.*"]\nsignature-key = "${secret}"\n`,
    );
    const shut = await countersign(["test", "a", "--config", path]);
    expect([shut.code, shut.stderr]).toEqual([3, expect.stringContaining("--allow ADDRESSES")]);
    expect((await countersign(["test", "a", "--config", path, "--allow", "127.0.0.0/8"])).code).toBe(0);
  });

  test("a misspelt endpoint is told the nearest", async () => {
    const { code, stderr } = await countersign(["test", "audti", "--config", CONFIGURATIONS.stalwart]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("Did you mean audit?")]);
    expect((await countersign(["test", "audit"])).stderr).toContain("--config FILE");
    expect((await countersign(["test", "audit", "--config", file("broken.toml", "[webhook.a]\nurl = 1\n")])).code).toBe(
      3,
    );
  });
});

describe("explain-event", () => {
  const explain = async (event: string, system: keyof typeof CONFIGURATIONS, ...args: string[]) => {
    const command = ["explain-event", event, "--config", CONFIGURATIONS[system], ...args];
    const { code, stdout } = await countersign([...command, "--json"]);
    const { events } = schemas.explainEvent.parse(JSON.parse(stdout));
    const plain = await countersign(command);
    expect(plain.code).toBe(code);
    return {
      code,
      stdout: plain.stdout,
      sent: events.map(({ findings }) => findings.map(({ endpoint, sent, cause }) => `${endpoint} ${sent} ${cause}`)),
    };
  };

  test("by its type", async () => {
    const wanted = await explain("nodeCreated", "tailscale");
    expect(wanted).toMatchObject({ code: 0, sent: [["nQx7EXAMPLE1 now wanted", "nQx7EXAMPLE2 never subscriptions"]] });
    expect(wanted.stdout).toContain("policyUpdate");
    expect(await explain("subnetIPForwardingNotEnabled", "tailscale")).toMatchObject({ code: 1 });
  });

  test("in the system's own form, on standard input or typed", async () => {
    const event = { audit_id: "ae_1", timestamp: "2026-04-17T10:15:03Z", event_kind: "chat", severity: "info" };
    expect((await explain(JSON.stringify(event), "tappass")).sent).toEqual([["archive never min_severity"]]);
    expect((await explain(JSON.stringify({ ...event, severity: "critical" }), "tappass")).code).toBe(0);
    expect((await explain(JSON.stringify({ event_type: "RequestCreated", data: {} }), "apono")).code).toBe(0);
    expect(
      (await explain(file("events.json", '[{"type":"auth.failed"},{"type":"store.ingest"}]'), "stalwart")).sent,
    ).toEqual([["audit now wanted"], [expect.stringMatching(/^audit never events/)]]);
  });

  test("a request to a model, by whom it comes from", async () => {
    const event = JSON.stringify({
      metadata: { login_name: "a@example.com", provider: "anthropic", model: "claude", request_id: "1" },
    });
    expect((await explain(event, "aperture")).sent).toEqual([["audit never src"]]);
    expect((await explain(event, "aperture", "--source", "group:ops")).code).toBe(0);
    const other = event.replace("anthropic", "openai");
    expect((await explain(other, "aperture", "--source", "group:ops")).sent).toEqual([["audit never models"]]);
  });

  test.each([["{"], ["[]"], ['{"a":1}'], ["nowhere/gone.json"]])("%s is no event", async (event) => {
    expect((await countersign(["explain-event", event, "--config", CONFIGURATIONS.apono])).code).toBe(3);
  });
});
