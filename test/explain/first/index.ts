/** The failures that were made before `explain` was changed for them: their figures are told apart. */
import { jsonBodies, textBodies, wrappedBodies } from "./bodies.ts";
import { forms } from "./forms.ts";
import { headers, twoAtOnce } from "./headers.ts";
import { secrets } from "./secrets.ts";
import { urls } from "./urls.ts";

export const first = [
  ...secrets,
  ...jsonBodies,
  ...textBodies,
  ...wrappedBodies,
  ...forms,
  ...urls,
  ...headers,
  ...twoAtOnce,
];
