/** Looks again and again until it is so. Real services take their own time, which no test can set. */
export declare function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  milliseconds?: number,
): Promise<void>;
/** What stands between two looks, or between a provider's tries. */
export declare function pause(milliseconds: number): Promise<void>;
//# sourceMappingURL=until.d.ts.map
