/** What vendors send, about 1 KB: with the id that a real event has, so that a replay key costs what it costs there. */
import { createHmac, type KeyObject } from "node:crypto";

/** A Stripe event, `invoice.paid`, padded to about so many bytes. */
export function stripeEvent(bytes = 1000): Buffer {
  const event = {
    id: "evt_1NG8Du2eZvKYlo2CUI79vXWy",
    object: "event",
    api_version: "2024-06-20",
    created: 1_686_089_970,
    data: {
      object: {
        id: "in_1NG8Du2eZvKYlo2C0kwq1Gp4",
        object: "invoice",
        amount_due: 2000,
        amount_paid: 2000,
        currency: "usd",
        customer: "cus_Nz0mXyVqFQ4hZk",
        customer_email: "alice@example.com",
        lines: { object: "list", data: [] as object[], has_more: false },
        paid: true,
        status: "paid",
        subscription: "sub_1NG8Du2eZvKYlo2CjYxg3vTq",
      },
    },
    livemode: false,
    pending_webhooks: 1,
    request: { id: "req_8xJq0xG4kVYq1T", idempotency_key: "7bd4a2a8-0c2f-4a55-9c2e-2f8ac7b6e6d0" },
    type: "invoice.paid",
  };
  for (let line = 0; Buffer.byteLength(JSON.stringify(event)) < bytes; line++) {
    event.data.object.lines.data.push({ id: `il_${line}`, amount: 1000, description: "1 × Pro", quantity: 1 });
  }
  return Buffer.from(JSON.stringify(event));
}

/** Stripe's header over a body, signed now. */
export function stripeHeader(body: Uint8Array, key: KeyObject | string): { t: string; hex: string; header: string } {
  const t = String(Math.floor(Date.now() / 1000));
  const hex = createHmac("sha256", key).update(`${t}.`).update(body).digest("hex");
  return { t, hex, header: `t=${t},v1=${hex}` };
}
