import { square as provider } from "@countersign/core/providers";
import type { Peer } from "./peer.ts";

const BODY =
  '{"merchant_id":"MLEFBHHSJGVHD","type":"webhooks.test_notification","event_id":"ac3ac95b-f97d-458c-a6e6-18981597e05f","created_at":"2022-07-13T20:30:59.037339943Z","data":{"type":"webhooks","id":"bc368e64-01aa-407e-b46e-3231809b1129"}}';
const header = (value: string) => ({ "x-square-hmacsha256-signature": value });
const plain = { secret: "signature-key", url: "https://webhook.site/webhooks" };

export const square: Peer = {
  name: "square",
  source: "github.com/square/square-nodejs-sdk at c58c6e09",
  files: ["tests/integration/webhooks.test.ts"],
  cases: 10,
  provider,
  given: {
    secret: "Ibxx_5AKakO-3qeNVR61Dw",
    url: "https://webhook.site/679a4f3a-dcfa-49ee-bac5-9d0edad886b9",
    headers: header("GF4YkrJgGBDZ9NIYbNXBnMzqb2HoL4RW/S6vkZ9/2N4="),
    body: BODY,
    now: 1_784_000_000_000,
  },
  unaskable:
    "square 46 unpacks to 19 MB and brings its predecessor along; its signatures stand here as its suite has them",
  rows: [
    { id: "a signed notification", from: "valid", theirs: "accepted", ours: "accepted" },
    {
      id: "a body without special characters",
      from: "unescaped characters",
      ...plain,
      headers: header("W3FlCNk5IA3ZQ2LHTWoajvzfaDu/OwY2tNHIHC3IUOA="),
      body: '{"data":{"type":"webhooks","id":"fake_id"}}',
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "a body with angle brackets",
      from: "escaped characters",
      ...plain,
      headers: header("Cxt7+aTi4rKgcA0bC4g9EHdVtLSDWdqccmL5MvihU4U="),
      body: '{"data":{"type":"webhooks","id":">id<"}}',
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "another URL",
      from: "URL mismatch",
      url: "https://webhook.site/79a4f3a-dcfa-49ee-bac5-9d0edad886b9",
      theirs: "refused",
      ours: "signature_mismatch",
    },
    {
      id: "another key",
      from: "invalid key",
      secret: "MCmhFRxGX82xMwg5FsaoQA",
      theirs: "refused",
      ours: "signature_mismatch",
    },
    {
      id: "a signature of another length",
      from: "invalid signature",
      headers: header("1z2n3DEJJiUPKcPzQo1ftvbxGdw="),
      theirs: "refused",
      ours: "malformed_signature",
    },
    {
      id: "another month in the body",
      from: "body mismatch",
      body: BODY.replace("2022-07", "2022-06"),
      theirs: "refused",
      ours: "signature_mismatch",
    },
    {
      id: "the body in several lines",
      from: "formatted body",
      body: JSON.stringify(JSON.parse(BODY), null, 4),
      theirs: "refused",
      ours: "signature_mismatch",
    },
    { id: "an empty key", from: "empty key", secret: "", theirs: "refused", ours: "ConfigurationError" },
    { id: "no URL", from: "empty URL", url: "", theirs: "refused", ours: "misconfigured" },
  ],
  leftOut: [],
};
