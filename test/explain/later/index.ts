/** The failures that were made while `explain` was changed for those before them. */
import { jsonBodies, textBodies, wrappedBodies } from "./bodies.ts";
import { forged } from "./forged.ts";
import { forms } from "./forms.ts";
import { headersLater } from "./headers.ts";
import { last } from "./last.ts";
import { more } from "./more.ts";
import { secrets } from "./secrets.ts";
import { two } from "./two.ts";
import { urls } from "./urls.ts";

export const later = [
  ...secrets,
  ...jsonBodies,
  ...textBodies,
  ...wrappedBodies,
  ...forms,
  ...urls,
  ...headersLater,
  ...two,
  ...forged,
  ...more,
  ...last,
];
