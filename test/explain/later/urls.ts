import express from "express";
import { asSent, type Case, type Sent } from "../case.ts";
import { throughApache, throughCaddy, throughNginx } from "../programs.ts";
import { functionUrl, inExpress } from "../roads.ts";
import { contentful, hubspot, square, twilio } from "../senders.ts";

const raw = (app: ReturnType<typeof express>) => void app.use(express.raw({ type: "*/*" }));
const url = (change: (url: string) => string) => (sent: Sent) => ({ ...asSent(sent), url: change(sent.url) });
const PROXY = "https://github.com/twilio/twilio-python/issues/751";
const QUERY = "https://github.com/twilio/twilio-aspnet/issues/92";
const PREFIX = "https://github.com/contentful/node-apps-toolkit/issues/820";

export const urls: readonly Case[] = [
  {
    name: "HubSpot with a port that the load balancer adds",
    seen: "https://github.com/twilio/twilio-python/issues/392",
    from: hubspot,
    cause: ["url_port"],
    way: url((one) => one.replace("example.com", "example.com:443")),
  },
  {
    name: "Square's port of the application",
    seen: PROXY,
    from: square,
    cause: ["url_port"],
    way: url((one) => one.replace("https://example.com", "http://example.com:3000")),
  },
  {
    name: "Twilio behind Apache, which names the backend",
    seen: PROXY,
    from: twilio,
    cause: ["url_host"],
    way: throughApache("ProxyPass / APP/"),
    needs: ["apache2"],
  },
  {
    name: "Square behind Caddy that strips /api",
    seen: PREFIX,
    from: square,
    message: { url: "https://example.com/api/hooks/square" },
    cause: ["url_prefix", "url_scheme"],
    way: throughCaddy("handle_path /api/* {\n reverse_proxy APP\n}"),
    needs: ["caddy"],
  },
  {
    name: "Twilio behind nginx that strips a prefix and tells it, over http",
    seen: PREFIX,
    from: twilio,
    message: { url: "https://example.com/telephony/sms?team=7" },
    cause: ["url_prefix", "url_scheme"],
    way: throughNginx(
      "location /telephony/ { proxy_pass APP/; proxy_set_header Host $host; proxy_set_header X-Forwarded-Prefix /telephony; }",
    ),
    needs: ["nginx"],
  },
  {
    name: "HubSpot behind nginx that tells the original path",
    seen: PREFIX,
    from: hubspot,
    message: { url: "https://example.com/crm/in/hubspot" },
    cause: ["url_prefix", "url_scheme"],
    way: throughNginx(
      "location /crm/ { rewrite ^/crm/in/(.*)$ /$1 break; proxy_pass APP; proxy_set_header Host $host; proxy_set_header X-Original-URI $request_uri; }",
    ),
    needs: ["nginx"],
  },
  {
    name: "Contentful in a mounted router, with req.url",
    seen: PREFIX,
    from: contentful,
    message: { url: "https://example.com/webhooks/contentful" },
    cause: ["url_prefix"],
    way: inExpress(
      (app) => {
        raw(app);
        const router = express.Router();
        app.use("/webhooks", router);
        router.use((req, _, next) => {
          Object.assign(req, { mounted: req.url });
          next();
        });
      },
      (req) => ({ body: req.body, url: req.mounted }),
    ),
  },
  {
    name: "Twilio with the path alone",
    seen: QUERY,
    from: twilio,
    cause: ["url_host"],
    way: inExpress(raw, (req) => ({ body: req.body, url: req.originalUrl })),
  },
  {
    name: "a gateway that adds its version in front",
    seen: PREFIX,
    from: square,
    cause: ["url_prefix"],
    way: url((one) => one.replace("/hooks", "/internal/hooks")),
  },
  {
    name: "a tunnel's own host",
    seen: "https://github.com/twilio/twilio-node/issues/321",
    from: twilio,
    cause: ["url_host"],
    way: (sent) => ({
      ...asSent(sent),
      headers: {
        ...sent.headers,
        host: "localhost:3000",
        "x-forwarded-host": "example.com",
        "x-forwarded-proto": "https",
      },
      url: sent.url.replace("https://example.com", "http://localhost:3000"),
    }),
  },
  {
    name: "a host that RFC 7239's header tells",
    seen: PROXY,
    from: square,
    cause: ["url_host"],
    way: (sent) => ({
      ...asSent(sent),
      headers: { ...sent.headers, forwarded: "for=203.0.113.7;host=example.com;proto=https" },
      url: sent.url.replace("https://example.com", "http://10.0.0.7:8080"),
    }),
  },
  {
    name: "www. in one of the two",
    seen: PROXY,
    from: square,
    message: { url: "https://www.example.com/hooks/square" },
    cause: ["url_host"],
    way: url((one) => one.replace("www.", "")),
  },
  {
    name: "a slash that a framework's redirect adds",
    seen: "https://github.com/twilio/twilio-node/issues/81",
    from: hubspot,
    cause: ["url_trailing_slash"],
    way: url((one) => `${one}/`),
  },
  {
    name: "a slash that a router takes away",
    seen: "https://github.com/twilio/twilio-node/issues/81",
    from: square,
    message: { url: "https://example.com/hooks/square/" },
    cause: ["url_trailing_slash"],
    way: url((one) => one.slice(0, -1)),
  },
  {
    name: "slashes that nginx merges",
    seen: "https://github.com/twilio/twilio-node/issues/81",
    from: square,
    message: { url: "http://example.com//hooks/square" },
    cause: ["url_trailing_slash", "url_prefix"],
    way: throughNginx("location / { rewrite ^(.*)$ $1 break; proxy_pass APP; proxy_set_header Host $host; }"),
    needs: ["nginx"],
  },
  {
    name: "Twilio's query rebuilt by URLSearchParams",
    seen: "https://github.com/twilio/twilio-node/issues/1183",
    from: twilio,
    message: { url: "https://example.com/sms?name=a%20b&to=%2b1" },
    cause: ["url_query"],
    way: url((one) => `https://example.com/sms?${new URL(one).searchParams}`),
  },
  {
    name: "Twilio's brackets, escaped by a client",
    seen: QUERY,
    from: twilio,
    message: { url: "https://example.com/sms?tag[]=a" },
    cause: ["url_query"],
    way: url((one) => one.replace("[]", "%5B%5D")),
  },
  {
    name: "Contentful's query, cut off by req.path",
    seen: "https://github.com/twilio/twilio-node/issues/306",
    from: contentful,
    message: { url: "https://example.com/in" },
    cause: ["url_query"],
    way: url((one) => `${one}?utm=1`),
  },
  {
    name: "four parameters in the order of their names",
    seen: "https://github.com/twilio/twilio-node/issues/1079",
    from: twilio,
    message: { url: "https://example.com/sms?d=1&b=2&c=3&a=4" },
    cause: ["url_query_order"],
    way: (sent) => {
      const sorted = new URL(sent.url);
      sorted.searchParams.sort();
      return { ...asSent(sent), url: sorted.href };
    },
  },
  {
    name: "an escaped slash that a proxy undid",
    seen: PROXY,
    from: contentful,
    message: { url: "https://example.com/in/a%20b" },
    cause: ["url_query", "url_escapes"],
    way: url((one) => one.replace("%20", " ").replace(" ", "+").replace("+", "%20").replace("%20", "+")),
  },
  {
    name: "a function URL whose event was put together by hand",
    seen: "https://github.com/planningcenter/developers/issues/846",
    from: square,
    cause: ["url_scheme"],
    way: (sent) => {
      const event = functionUrl(sent);
      return { ...asSent(sent), url: `http://${event.requestContext.domainName}${event.rawPath}` };
    },
  },
  {
    name: "PUT told as POST",
    seen: "https://github.com/contentful/node-apps-toolkit/issues/820",
    from: contentful,
    cause: ["method"],
    way: (sent) => ({ ...asSent(sent), method: "PUT" }),
  },
  {
    name: "HubSpot's URL with a query, which only exactUrl takes",
    seen: QUERY,
    from: hubspot,
    message: { url: "https://example.com/hooks/hubspot?portal=1" },
    cause: ["exact_url"],
  },
];
