import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** How long a ticket can be used, in milliseconds. */
const TICKET_LASTS = 60_000;

/**
 * Who may see the page: whoever has the token. It stands in the part of the address that no browser sends anywhere, and
 * goes with each request in a header that no other page can set. A cookie would go to every other port of this address.
 */
export class Session {
  /** 256 bits. */
  readonly token = randomBytes(32).toString("base64url");
  readonly #digest = digest(this.token);
  readonly #now: () => number;
  #ticket: { readonly digest: Buffer; readonly until: number } | undefined;

  /** @param now milliseconds since the epoch */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * What a browser is started with: the arguments of a process are seen by everybody on the machine, so that this is good
   * once and for a minute.
   */
  ticket(): string {
    const ticket = randomBytes(32).toString("base64url");
    this.#ticket = { digest: digest(ticket), until: this.#now() + TICKET_LASTS };
    return ticket;
  }

  /** The token for a ticket that nobody has used. */
  redeem(ticket: string): string | undefined {
    const held = this.#ticket;
    if (held === undefined || !timingSafeEqual(held.digest, digest(ticket))) return undefined;
    this.#ticket = undefined;
    return this.#now() <= held.until ? this.token : undefined;
  }

  /** Whether an `Authorization` header holds the token. */
  admits(authorization: string | undefined): boolean {
    const [, given] = /^Bearer ([\w-]{1,200})$/.exec(authorization ?? "") ?? [];
    return given !== undefined && timingSafeEqual(digest(given), this.#digest);
  }
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
