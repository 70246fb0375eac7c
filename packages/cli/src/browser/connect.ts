import type { Message } from "../page/wire.ts";

/** The way to the process that serves this page. */
export class Connection {
  readonly #token: string;

  constructor(token: string) {
    this.#token = token;
  }

  async get<T>(path: string): Promise<T> {
    return answered(await fetch(`/api/${path}`, { headers: this.#headers }));
  }

  async post<T>(path: string, value: object): Promise<T> {
    const headers = { ...this.#headers, "content-type": "application/json" };
    return answered(await fetch(`/api/${path}`, { method: "POST", headers, body: JSON.stringify(value) }));
  }

  /** Hands on what comes until the connection ends. @throws Locked when the token is none */
  async follow(tell: (message: Message) => void): Promise<void> {
    const response = await fetch("/api/stream", { headers: this.#headers });
    if (response.status === 401) throw new Locked();
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const read = await reader?.read();
      if (read === undefined || read.done) return;
      const lines = (rest + read.value).split("\n\n");
      rest = lines.pop() ?? "";
      for (const line of lines) tell(JSON.parse(line.slice("data: ".length)) as Message);
    }
  }

  get #headers() {
    return { authorization: `Bearer ${this.#token}` };
  }
}

/** The token is none, or none is there. */
export class Locked extends Error {}

async function answered<T>(response: Response): Promise<T> {
  if (response.status === 401) throw new Locked();
  const value = await response.json();
  if (!response.ok) throw new Error(String(value.refused ?? "That failed."));
  return value as T;
}

const KEPT = "countersign-token";

/**
 * The token out of the address, whose part behind # no browser sends anywhere; it is taken away from there at once. A
 * page that is loaded again finds it in the storage of its tab, which is its origin's alone, port and all.
 */
export async function enter(): Promise<Connection | undefined> {
  const given = location.hash.slice(1);
  history.replaceState(null, "", "/");
  const token = given.startsWith("ticket=") ? await redeem(given.slice("ticket=".length)) : given;
  if (token !== "") sessionStorage.setItem(KEPT, token);
  const kept = sessionStorage.getItem(KEPT);
  return kept === null ? undefined : new Connection(kept);
}

async function redeem(ticket: string): Promise<string> {
  const headers = { "content-type": "application/json" };
  const response = await fetch("/session", { method: "POST", headers, body: JSON.stringify({ ticket }) });
  return response.ok ? ((await response.json()).token ?? "") : "";
}
