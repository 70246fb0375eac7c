import { expect, test } from "vitest";
import { ChurnMap } from "./churn-map.ts";

test("it is as a Map is, however much comes and goes", () => {
  const churn = new ChurnMap<string, number>();
  const plain = new Map<string, number>();
  for (let n = 0; n < 5_000; n += 1) {
    churn.set(`k${n}`, n);
    plain.set(`k${n}`, n);
    if (n % 3 !== 0) expect(churn.delete(`k${n - 40}`)).toBe(plain.delete(`k${n - 40}`));
    if (n % 7 === 0) {
      churn.set(`k${n - 5}`, -n);
      plain.set(`k${n - 5}`, -n);
    }
    expect(churn.size).toBe(plain.size);
  }
  expect([...churn.entries()]).toEqual([...plain]);
  expect([...churn.keys()]).toEqual([...plain.keys()]);
  expect([...churn.values()]).toEqual([...plain.values()]);
  expect(churn.get("k4999")).toBe(4_999);
  expect(churn.has("k1")).toBe(false);
});
