import { hubspot as provider } from "@countersign/core/providers";
import { mac, type Peer, sha256 } from "./peer.ts";

const SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy";
const URI = "https://www.example.com/webhook_uri";
const BODY = '{"example_field":"example_value"}';
const EVENTS =
  '[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,"subscriptionType":"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM","changeFlag":"NEW","appId":54321}]';
const NOW = 1_784_000_000_000;
const OLDER = "v1 and v2 are plain hashes without a time; HubSpot sends v3 beside them, and v3 is what is read";

const older = (version: "v1" | "v2", signature: string) => ({
  "x-hubspot-signature-version": version,
  "x-hubspot-signature": signature,
});
const v3 = (time: number) => ({
  "x-hubspot-request-timestamp": String(time),
  "x-hubspot-signature-v3": mac("sha256", "base64", SECRET, `POST${URI}${BODY}${time}`),
});

export const hubspot: Peer = {
  name: "hubspot",
  source: "github.com/HubSpot/hubspot-api-nodejs at 395cd9bf3",
  files: ["test/unit/signature.spec.ts"],
  cases: 4,
  outside: "test/spec/webhooks, which is about their API",
  provider,
  given: { secret: SECRET, url: URI, headers: v3(NOW), body: BODY, now: NOW },
  unaskable: "@hubspot/api-client 14 unpacks to 30 MB; its signatures stand here as its suite has them",
  rows: [
    {
      id: "a hash of the first kind",
      from: "v1",
      headers: older("v1", "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de"),
      body: EVENTS,
      theirs: "accepted",
      ours: "missing_signature",
      differs: OLDER,
    },
    {
      id: "a hash of the second kind",
      from: "v2",
      method: "GET",
      headers: older("v2", "eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e"),
      body: "",
      theirs: "accepted",
      ours: "method_not_allowed",
      differs: OLDER,
    },
    {
      id: "a hash of the second kind over a body",
      from: "v2 with a body",
      headers: older("v2", "9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900"),
      theirs: "accepted",
      ours: "missing_signature",
      differs: OLDER,
    },
    {
      id: "all three at once, as HubSpot sends them",
      from: "v3",
      headers: { ...older("v1", sha256(SECRET + BODY)), ...v3(NOW) },
      theirs: "accepted",
      ours: "accepted",
    },
    { id: "a signature of the third kind", from: "v3", theirs: "accepted", ours: "accepted" },
  ],
  leftOut: [],
};
