/** Where the platform has no diagnostics channels. */
export function isObserved(_: "reject" | "store" | "replay"): boolean {
  return false;
}

export function publish(_: "reject" | "store" | "replay", __: object): void {}
