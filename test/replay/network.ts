import { once } from "node:events";
import net from "node:net";

/** What becomes of the network between a client and its service. */
type Road = "open" | "cut" | "swallowed";

/**
 * The network before a service, on a port of its own. Cut, it resets every connection and refuses new ones. Swallowed,
 * it takes everything and passes nothing on; and what was connected by then stays so for ever, as behind a firewall
 * that has forgotten its connections: a client that waits for an answer waits until it gives up by itself.
 */
export class Network {
  readonly #target: URL;
  readonly #server: net.Server;
  readonly #pairs = new Set<readonly [net.Socket, net.Socket]>();
  #road: Road = "open";

  static async before(url: string): Promise<Network> {
    const network = new Network(new URL(url));
    network.#server.listen(0, "127.0.0.1");
    await once(network.#server, "listening");
    return network;
  }

  private constructor(target: URL) {
    this.#target = target;
    this.#server = net.createServer((client) => this.#connect(client));
  }

  /** The service's URL by way of the proxy. */
  get url(): string {
    const url = new URL(this.#target);
    url.port = String((this.#server.address() as net.AddressInfo).port);
    return url.href;
  }

  /** How many connections stand open. */
  get connections(): number {
    return this.#pairs.size;
  }

  open(): void {
    this.#road = "open";
  }

  cut(): void {
    this.#road = "cut";
    for (const pair of this.#pairs) for (const socket of pair) socket.resetAndDestroy();
  }

  swallow(): void {
    this.#road = "swallowed";
    for (const [client, service] of this.#pairs) {
      client.removeAllListeners("data").on("data", () => {});
      service.removeAllListeners("data").on("data", () => {});
    }
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #connect(client: net.Socket): void {
    if (this.#road === "cut") return void client.resetAndDestroy();
    client.setNoDelay(true);
    const service = new net.Socket();
    const pair = [client, service] as const;
    this.#pairs.add(pair);
    const end = (): void => {
      this.#pairs.delete(pair);
      client.destroy();
      service.destroy();
    };
    for (const socket of pair) socket.on("error", end).on("close", end);
    if (this.#road === "swallowed") return void client.on("data", () => {});
    service.setNoDelay(true).connect(Number(this.#target.port), this.#target.hostname);
    client.on("data", (bytes) => service.write(bytes));
    service.on("data", (bytes) => client.write(bytes));
  }
}
