// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are templates.
import { createSender, type TemplateOptions, template } from "@countersign/sender";
import { fromTapPass } from "@countersign/systems";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stubTransport, testClock } from "./support.ts";

/** What a template makes of an event's data. */
async function render(source: string, data: unknown, options: TemplateOptions = {}): Promise<string> {
  const clock = testClock();
  const { transport, requests } = stubTransport(clock, () => 200);
  const sender = createSender({
    clock,
    transport,
    endpoints: [{ name: "e", url: "https://example.com/", body: template(source, options) }],
  });
  await sender.send({ id: "evt_1", type: "user.created", severity: "warn", data });
  await clock.pass(10);
  await sender.close();
  return requests[0]?.text as string;
}

const refused = (source: string, options: TemplateOptions = {}) =>
  expect(() => template(source, options)).toThrow(
    expect.objectContaining({ name: "ConfigurationError", option: "template" }),
  );

describe("template", () => {
  it("escapes inside a JSON string, inserts JSON outside one", async () => {
    const data = { text: 'a "quoted"\n\\ line', list: [1, { a: "b" }], n: 1.5, yes: true };
    const made = await render(
      '{"s":"<{{ data.text }}>","v":{{data.text}},"l":{{ data.list }},"n":{{data.n}},"b":"{{data.yes}}","o":"{{data.list}}"}',
      data,
    );
    expect(JSON.parse(made)).toEqual({
      s: `<${data.text}>`,
      v: data.text,
      l: data.list,
      n: 1.5,
      b: "true",
      o: JSON.stringify(data.list),
    });
  });

  it("what is missing is null outside quotes and nothing inside", async () => {
    expect(JSON.parse(await render('{"a":{{ data.x.y.z }},"b":"[{{ data.x.y }}]"}', {}))).toEqual({ a: null, b: "[]" });
  });

  it("{{event_json}} is the whole event, in and out of quotes, and no event can name itself so", async () => {
    const data = { event_json: "forged", deep: { '"': 1 } };
    const made = JSON.parse(await render('{"whole":{{event_json}},"text":"{{ event_json }}"}', data));
    expect(made.whole).toMatchObject({ id: "evt_1", type: "user.created", severity: "warn", data });
    expect(JSON.parse(made.text)).toEqual(made.whole);
  });

  it("keeps integers that a JavaScript number cannot hold", async () => {
    expect(await render('{"n":{{ data.span }},"all":{{ data }}}', { span: 302231454903657293n })).toBe(
      '{"n":302231454903657293,"all":{"span":302231454903657293}}',
    );
  });

  it.each([
    ['{{ data.x | default: "d" }}', "d"],
    ['{{ data.x | default("d") }}', "d"],
    ["{{ data.name | upper }}", "ALICE"],
    ["{{ data.name | upcase | downcase }}", "alice"],
    ["{{ data.name | truncate: 4 }}", "a..."],
    ["{{ data.name | length }}", "5"],
    ["{{ data.list | first }}", "1"],
    ['{{ data.list | join(", ") }}', "1, 2"],
    ["{{ data.list[1] }}", "2"],
    ['{{ data["odd key"] }}', "yes"],
    ["{{ data.name | tojson }}", '"alice"'],
    ["{{ data.name }}", "alice"],
    ["{{- data.name -}}", "alice"],
  ])("%s", async (path, value) => {
    expect(JSON.parse(await render(`{"v":"${path}"}`, { name: "alice", list: [1, 2], "odd key": "yes" })).v).toBe(
      value,
    );
  });

  it("values of the environment are data: escaped, and no template", async () => {
    const env = (name: string) => ({ KEY: '"}{{ data.secret }}${OTHER}\\', OTHER: "other" })[name];
    const source = '{"in":"${KEY}","out":${KEY},"event":"{{ data.text }}"}';
    const made = JSON.parse(await render(source, { secret: "s", text: "${KEY} {{ data.secret }}" }, { env }));
    expect(made).toEqual({ in: env("KEY"), out: env("KEY"), event: "${KEY} {{ data.secret }}" });
  });

  it.each([
    ["{% include 'x' %}"],
    ["{% for a in b %}{}{% endfor %}"],
    ["{% raw %}{}{% endraw %}"],
    ["{{ 'text' }}"],
    ["{{ 1 | plus: 1 }}"],
    ["{{ data.x or 'd' }}"],
    ["{{ data.x | map: 'y' }}"],
    ["{{ data.x | default: data.y }}"],
    ["{{ data.x | json | upper }}"],
    ["{{ data[data.key] }}"],
    ["{{ (1..9) }}"],
    ["{{ data.x; }}"],
    ["{{ }}"],
    ["{{ data.x"],
    ["{% x"],
    [""],
  ])("refuses %s", (source) => refused(source));

  it.each([
    ["a value as a key", "{ {{ a }}: 1 }"],
    ["two values in a row", "[{{ a }}{{ b }}]"],
    ["a number with a value behind it", '{"n": 1{{ a }}}'],
    ["a string never closed", '{"a": "{{ b }}}'],
    ["no JSON at all", "hello {{ a }}"],
    ["a value behind a backslash", String.raw`{"a":"\{{ b }}"}`],
    ["a value inside an escape", String.raw`{"a":"\u00{{ b }}"}`],
    ["a trailing comma", '{"a": {{ b }},}'],
    ["a static template that is no JSON", "{"],
  ])("refuses what cannot make JSON: %s", (_name, source) => refused(source));

  it("refuses a variable that may not be read, or that is none", () => {
    refused('{"a":"${KEY}"}');
    refused('{"a":"${KEY}"}', { env: () => undefined });
    refused('{"a":"${a b}"}', { env: () => "x" });
  });

  it("a body that is said not to be JSON is rendered as text", async () => {
    expect(
      await render(
        "{{ type }}: {{ data.text }} {{ data }}",
        { text: '"x"' },
        { json: false, contentType: "text/plain" },
      ),
    ).toBe('user.created: "x" {"text":"\\"x\\""}');
    expect(() => template("{{ a }}", { json: false })).toThrow(
      expect.objectContaining({ option: "template.contentType" }),
    );
  });

  it("reaches nothing but the event's own properties", async () => {
    const source =
      '{"a":{{ data.constructor.name }},"b":{{ data.__proto__ }},"c":{{ constructor }},"d":{{ data.toString }}}';
    expect(JSON.parse(await render(source, {}))).toEqual({ a: null, b: null, c: null, d: null });
  });

  it("whatever the event holds, the body is JSON and says the same", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.string({ unit: "binary" }), async (value, text) => {
        const made = JSON.parse(
          await render('{"v":{{ data.value }},"s":"{{ data.text }}","e":{{ data }}}', { value, text }),
        );
        const plain = JSON.parse(JSON.stringify({ value, text }));
        expect(made).toEqual({ v: plain.value, s: plain.text, e: plain });
      }),
      { numRuns: 60 },
    );
  });

  it("a TapPass template cannot be left by an event", () => {
    const yaml =
      "exports: [{ name: a, destination: webhook, webhook: { url: 'https://example.com/', body_template: '{ \"a\": {{a}} {{b}} }' } }]";
    expect(() => fromTapPass(yaml)).toThrow(/valid JSON/);
  });
});
