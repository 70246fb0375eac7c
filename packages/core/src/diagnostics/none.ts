type Name = "accept" | "reject" | "store" | "replay" | "inspect";

/** Where the platform has no diagnostics channels. */
export function isObserved(_: Name): boolean {
  return false;
}

export function publish(_: Name, __: object): void {}
