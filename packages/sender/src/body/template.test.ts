// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are templates.
import { describe, expect, test } from "vitest";
import { restoreEvent, storeEvent } from "../event/stored-event.ts";
import { type TemplateOptions, template } from "./template.ts";

/** What a template makes of an event's data. */
function render(source: string, data: unknown, options: TemplateOptions = {}): string {
  const stored = storeEvent({ id: "evt_1", type: "user.created", severity: "warn", data }, 0, () => "");
  return template(source, options).render([restoreEvent(stored)]);
}

const refused = (source: string, options: TemplateOptions = {}) =>
  expect(() => template(source, options)).toThrow(
    expect.objectContaining({ name: "ConfigurationError", option: "template" }),
  );

describe("template", () => {
  test("escapes inside a JSON string, inserts JSON outside one", () => {
    const data = { text: 'a "quoted"\n\\ line', list: [1, { a: "b" }], n: 1.5, yes: true };
    const made = render(
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

  test("what is missing is null outside quotes and nothing inside", () => {
    expect(JSON.parse(render('{"a":{{ data.x.y.z }},"b":"[{{ data.x.y }}]"}', {}))).toEqual({ a: null, b: "[]" });
  });

  test("{{event_json}} is the whole event, in and out of quotes, and no event can name itself so", () => {
    const data = { event_json: "forged", deep: { '"': 1 } };
    const made = JSON.parse(render('{"whole":{{event_json}},"text":"{{ event_json }}"}', data));
    expect(made.whole).toMatchObject({ id: "evt_1", type: "user.created", severity: "warn", data });
    expect(JSON.parse(made.text)).toEqual(made.whole);
  });

  test("keeps integers that a JavaScript number cannot hold", () => {
    expect(render('{"n":{{ data.span }},"all":{{ data }}}', { span: 302231454903657293n })).toBe(
      '{"n":302231454903657293,"all":{"span":302231454903657293}}',
    );
  });

  test.each([
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
  ])("%s", (path, value) => {
    expect(JSON.parse(render(`{"v":"${path}"}`, { name: "alice", list: [1, 2], "odd key": "yes" })).v).toBe(value);
  });

  test("values of the environment are data: escaped, and no template", () => {
    const env = (name: string) => ({ KEY: '"}{{ data.secret }}${OTHER}\\', OTHER: "other" })[name];
    const source = '{"in":"${KEY}","out":${KEY},"event":"{{ data.text }}"}';
    const made = JSON.parse(render(source, { secret: "s", text: "${KEY} {{ data.secret }}" }, { env }));
    expect(made).toEqual({ in: env("KEY"), out: env("KEY"), event: "${KEY} {{ data.secret }}" });
  });

  test.each([
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

  test.each([
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

  test("refuses a variable that may not be read, or that is none", () => {
    refused('{"a":"${KEY}"}');
    refused('{"a":"${KEY}"}', { env: () => undefined });
    refused('{"a":"${a b}"}', { env: () => "x" });
  });

  test("an env that throws is told by its name, and not quoted", () => {
    const env = () => {
      throw new TypeError("hunter2");
    };
    expect(() => template('{"a":"${KEY}"}', { env })).toThrow(
      expect.objectContaining({
        option: "template",
        message: "template contains ${KEY}, which could not be read: env threw TypeError.",
      }),
    );
  });

  test("a body that is said not to be JSON is rendered as text", () => {
    expect(
      render("{{ type }}: {{ data.text }} {{ data }}", { text: '"x"' }, { json: false, contentType: "text/plain" }),
    ).toBe('user.created: "x" {"text":"\\"x\\""}');
    expect(() => template("{{ a }}", { json: false })).toThrow(
      expect.objectContaining({ option: "template.contentType" }),
    );
  });

  test("reaches nothing but the event's own properties", () => {
    const source =
      '{"a":{{ data.constructor.name }},"b":{{ data.__proto__ }},"c":{{ constructor }},"d":{{ data.toString }}}';
    expect(JSON.parse(render(source, {}))).toEqual({ a: null, b: null, c: null, d: null });
  });
});
