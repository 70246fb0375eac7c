/** What grows on the sending side: a backlog in strict order, origins, the keys of a configuration. */
import { fromTapPass } from "@countersign/systems";
import { importPacked } from "../packed/pack.ts";
import type { Growing } from "./growing.ts";
import { start } from "./sending-process.ts";

/** No more connections than so many, however many origins there are: at each step one is made. */
const SOCKETS = 64;

export async function senderGrowth(): Promise<Growing[]> {
  const { httpTransport, memoryOutbox } =
    await importPacked<typeof import("@countersign/sender")>("@countersign/sender");
  return [
    {
      name: "memory outbox in strict order: an event with n that wait",
      n: 9_000,
      async prepare(count) {
        const outbox = memoryOutbox();
        const event = { generated: true, type: "test", severity: "info", time: 0, data: "{}" } as const;
        const placements = [{ endpoint: "a", generation: 1, order: "fifo" }] as const;
        for (let n = 0; n < count; n += 1) await outbox.enqueue([{ event: { ...event, id: `e${n}` }, placements }]);
        const room = [{ endpoint: "a", generation: 1, limit: 1, lease: 60_000, order: "fifo" }] as const;
        return {
          steps: 8_000,
          async step() {
            const [item] = await outbox.claim({ owner: "me", total: 1, room });
            if (item === undefined) throw new Error("There is nothing left to claim.");
            await outbox.look({ owner: "me", endpoints: [{ endpoint: "a", order: "fifo" }] });
            await outbox.finish([{ id: item.id, token: item.token, kind: "done" }]);
          },
        };
      },
    },
    {
      name: "connections: a request, with n origins",
      n: 400,
      async prepare(count) {
        const { child, first } = await start("sink");
        const { port } = first as { port: number };
        const transport = httpTransport({
          guard: { allow: ["127.0.0.0/8"], schemes: ["http"] },
          limits: { sockets: SOCKETS },
          resolve: async () => [{ address: "127.0.0.1", family: 4 }],
        });
        const urls = Array.from({ length: count }, (_, n) => new URL(`http://t${n}.example.com:${port}/`));
        const request = async (n: number) => {
          const url = urls[n % count] as URL;
          const ways = { method: "POST", headers: [], body: Buffer.from("{}"), tls: undefined };
          const result = await transport.request({ url, ...ways, timeout: 5_000, responseLimit: 1_000 });
          if (result.kind === "error") throw new Error(result.message);
        };
        for (let n = 0; n < count; n += 1) await request(n);
        return {
          steps: 400,
          step: request,
          async end() {
            await transport.close();
            child.disconnect();
          },
        };
      },
    },
    {
      name: "a configuration in YAML: a key, among n",
      n: 1_600,
      async prepare(count) {
        // As short as they can be, because the file may have 64 KiB.
        const keys = Array.from({ length: count }, (_, n) => n.toString(36).padStart(3, "a"));
        const text = `{${keys.join(",")}}`;
        return {
          steps: 20,
          items: count,
          step() {
            try {
              fromTapPass(text, {});
            } catch {
              // Nobody has such keys: it is refused, when all of it has been read.
            }
          },
        };
      },
    },
  ];
}
