import { expect, it } from "vitest";
import { verifier } from "./alertmanager.ts";

/** As https://prometheus.io/docs/alerting/latest/configuration/#webhook_config shows it. */
const notification = {
  version: "4",
  groupKey: '{}:{alertname="DiskFull"}',
  truncatedAlerts: 0,
  status: "firing",
  receiver: "countersign",
  groupLabels: { alertname: "DiskFull" },
  commonLabels: { alertname: "DiskFull" },
  commonAnnotations: {},
  externalURL: "http://alertmanager:9093",
  alerts: [
    {
      status: "firing",
      labels: { alertname: "DiskFull", instance: "db-1" },
      annotations: {},
      startsAt: "2026-11-01T10:00:00Z",
      endsAt: "0001-01-01T00:00:00Z",
      generatorURL: "http://prometheus:9090/graph",
      fingerprint: "b2f2a6c4f1b2d3e4",
    },
  ],
};

const [alert] = notification.alerts;

it("handles each notification once: a retry is none, news is", async () => {
  const handled: string[] = [];
  const post = async (body: object, token = process.env.ALERTMANAGER_TOKEN) => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
    const request = new Request("https://example.com/alerts", { method: "POST", headers, body: JSON.stringify(body) });
    const response = await verifier.handle(request, ({ payload }) => void handled.push(payload.status));
    return response.status;
  };
  expect(await post(notification)).toBe(204);
  expect(await post(notification)).toBe(200);
  expect(await post({ ...notification, status: "resolved" })).toBe(204);
  const another = { ...alert, labels: { instance: "db-2" }, startsAt: "2026-11-01T10:05:00Z" };
  expect(await post({ ...notification, alerts: [alert, another] })).toBe(204);
  expect(await post({ ...notification, alerts: [another, alert] })).toBe(200);
  expect(await post({ ...notification, alerts: [{ ...alert, startsAt: "2026-11-02T10:00:00Z" }] })).toBe(204);
  expect(handled).toEqual(["firing", "resolved", "firing", "firing"]);
  expect(await post(notification, "another-token")).toBe(401);
});
