import express from "express";
import { asSent, type Case } from "../case.ts";
import { throughNginx } from "../programs.ts";
import { inExpress } from "../roads.ts";
import { contentful, hubspot, square, twilio } from "../senders.ts";

const raw = (app: ReturnType<typeof express>) => void app.use(express.raw({ type: "*/*" }));

export const urls: readonly Case[] = [
  {
    name: "Twilio behind a proxy that ends TLS, with req.protocol",
    seen: "https://github.com/twilio/twilio-node/issues/321",
    from: twilio,
    cause: ["url_scheme"],
    way: inExpress(raw, (req) => ({ body: req.body, url: `${req.protocol}://${req.get("host")}${req.originalUrl}` })),
  },
  {
    name: "HubSpot behind the same",
    seen: "https://github.com/bminer/node-twilio-api/issues/13",
    from: hubspot,
    cause: ["url_scheme"],
    way: inExpress(raw, (req) => ({ body: req.body, url: `${req.protocol}://${req.get("host")}${req.originalUrl}` })),
  },
  {
    name: "Square behind nginx, which names the upstream as the host",
    seen: "https://github.com/twilio/twilio-python/issues/751",
    from: square,
    cause: ["url_host"],
    way: throughNginx("location / { proxy_pass APP; proxy_set_header X-Forwarded-Host $host; }"),
    needs: ["nginx"],
  },
  {
    name: "Contentful behind nginx that strips a prefix and says so",
    seen: "https://github.com/contentful/node-apps-toolkit/issues/820",
    from: contentful,
    cause: ["url_prefix"],
    way: throughNginx(
      "location /contentful-service/ { proxy_pass APP/; proxy_set_header Host $host; proxy_set_header X-Forwarded-Prefix /contentful-service; }",
    ),
    needs: ["nginx"],
  },
  {
    name: "Twilio in a mounted router, with req.url",
    seen: "https://github.com/twilio/twilio-node/issues/306",
    from: twilio,
    cause: ["url_prefix"],
    way: inExpress(
      (app) => {
        raw(app);
        const router = express.Router();
        app.use("/hooks", router);
        router.use((req, _, next) => {
          Object.assign(req, { mounted: req.url });
          next();
        });
      },
      (req) => ({ body: req.body, url: `https://${req.get("host")}${req.mounted}` }),
    ),
  },
  {
    name: "Square behind an API Gateway stage, whose path leaves the stage out",
    seen: "https://github.com/planningcenter/developers/issues/846",
    from: square,
    message: { url: "https://abc123.execute-api.eu-west-1.amazonaws.com/prod/hooks/square" },
    cause: ["url_prefix"],
    way: (sent) => {
      const { origin, pathname } = new URL(sent.url);
      return { ...asSent(sent), url: origin + pathname.replace("/prod", "") };
    },
  },
  {
    name: "Twilio's query in the order of a framework",
    seen: "https://github.com/bmlt-enabled/yap/pull/1629",
    from: twilio,
    cause: ["url_query_order", "url_query"],
    way: (sent) => {
      const url = new URL(sent.url);
      url.searchParams.sort();
      return { ...asSent(sent), url: url.href };
    },
  },
  {
    name: "an apostrophe that a Fetch Request escapes",
    seen: "https://github.com/twilio/twilio-node/issues/1183",
    from: twilio,
    message: { url: "https://example.com/hooks/sms?name=O'Hara" },
    cause: ["url_query"],
    way: (sent) => ({ ...asSent(sent), url: new Request(sent.url).url }),
  },
  {
    name: "a port in the host that Twilio leaves out",
    seen: "https://github.com/twilio/twilio-python/issues/392",
    from: twilio,
    cause: ["url_port"],
    way: (sent) => ({ ...asSent(sent), url: sent.url.replace("example.com", "example.com:443") }),
  },
  {
    name: "a slash that nginx's rewrite puts at the end",
    seen: "https://github.com/twilio/twilio-node/issues/81",
    from: square,
    message: { url: "http://example.com/hooks/square" },
    cause: ["url_trailing_slash"],
    way: throughNginx("location / { rewrite ^(.*[^/])$ $1/ break; proxy_pass APP; proxy_set_header Host $host; }"),
    needs: ["nginx"],
  },
];
