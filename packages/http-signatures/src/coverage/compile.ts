import { ConfigurationError } from "@countersign/core";
import { checkChoice, checkOptions, checkTexts, type KeysOf } from "@countersign/core/checks";
import { PARAMETERS } from "../candidate/parameters.ts";
import { type Component, parseComponent } from "../component/identifier.ts";
import type { DigestField } from "../digest/algorithms.ts";
import type { Coverage } from "./coverage.ts";

/** A coverage, checked, with its components read. */
export interface Required {
  readonly target: NonNullable<Coverage["target"]>;
  readonly components: readonly Component[];
  readonly present: readonly Component[];
  readonly body: readonly Component[];
  readonly parameters: readonly (typeof PARAMETERS)[number][];
  /** Whether it depends on what the signature is called. */
  readonly labelled: boolean;
  /** The header whose digest is compared with the body. */
  readonly digest: DigestField;
}

const KEYS: KeysOf<Coverage> = {
  target: "optional",
  components: "optional",
  present: "optional",
  body: "optional",
  parameters: "optional",
};

/** The usual one of a request. */
export const OF_REQUEST = { target: "uri", components: ["@method"] } as const satisfies Coverage;
/** The usual one of a response. */
export const OF_RESPONSE = { target: "none", components: ["@status"] } as const satisfies Coverage;

/** Checks a coverage and fills in what it leaves out. @throws ConfigurationError */
export function compileCoverage(given: Coverage, usual: Coverage, digest: DigestField, option: string): Required {
  checkOptions(given, KEYS, option);
  const { target = usual.target ?? "none", components = usual.components ?? [], present = [] } = given;
  const { body = [digest], parameters = ["created"] } = given;
  checkChoice(target, `${option}.target`, ["uri", "path", "authority", "none"]);
  for (const name of checkTexts(parameters, `${option}.parameters`)) {
    checkChoice(name, `${option}.parameters`, PARAMETERS);
  }
  const read = (list: readonly string[], name: string) => readAll(list, `${option}.${name}`);
  const lists = {
    components: read(components, "components"),
    present: read(present, "present"),
    body: read(body, "body"),
  };
  const labelled = Object.values(lists).some((list) => list.some(({ key }) => key === "{label}"));
  return { target, ...lists, parameters, labelled, digest };
}

/** Components as people write them. @throws ConfigurationError */
export function readAll(list: readonly string[], option: string): readonly Component[] {
  return checkTexts(list, option).map((text, index) => {
    const component = parseComponent(text);
    if (typeof component !== "string") return component;
    throw new ConfigurationError(
      `${option}[${index}]`,
      `${option}[${index}] is no component of a signature: ${component}. Write "@method", "content-type" or "@query-param;name=\\"id\\"".`,
    );
  });
}
