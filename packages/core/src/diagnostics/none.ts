/** Where the platform has no diagnostics channels. */
export function isObserved(_: "reject" | "store"): boolean {
  return false;
}

export function publish(_: "reject" | "store", __: object): void {}
