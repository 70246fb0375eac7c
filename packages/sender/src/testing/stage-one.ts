import type { EndpointOptions } from "../endpoint/options.ts";
import { type Stage, type StageOptions, stage } from "./stage.ts";
import type { StubAnswer } from "./stub-transport.ts";

/** A stage with one endpoint, "e", for this package's own tests. */
export function stageOne(
  endpoint: Partial<EndpointOptions> = {},
  answer: (index: number, text: string) => StubAnswer = () => 200,
  options: StageOptions = {},
): Stage & { data(): any[] } {
  const set = stage(
    [{ name: "e", url: "https://example.com/hooks", ...endpoint }],
    (request, index) => answer(index, request.text),
    options,
  );
  return { ...set, data: () => set.requests.map((request) => JSON.parse(request.text).data) };
}
