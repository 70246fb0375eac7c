/** A sentence of the packages for somebody who writes configurations, not programs. */
export declare function forOperators(sentence: string): string;
//# sourceMappingURL=sentences.d.ts.map
