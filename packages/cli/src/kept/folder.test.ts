import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Header } from "../request/saved.ts";
import { Folder } from "./folder.ts";

const home = mkdtempSync(join(tmpdir(), "countersign-kept-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const request = (body: string | Uint8Array, headers: readonly Header[] = [["X-One", "1"]]) => ({
  method: "POST",
  url: "/hooks?a=b",
  headers,
  body: Buffer.from(body),
  form: "a delivery",
  notes: [],
});

test("what is kept is read back byte for byte, also what came in chunks", () => {
  const folder = new Folder(join(home, "bytes"));
  const bodies = ["", '{ "a" : 1.0 }\r\n', Uint8Array.of(0, 255, 13, 10), "\r\n\r\n", "0\r\n\r\n"];
  const heads: Header[][] = [
    [
      ["X-One", "é"],
      ["x-one", "2"],
    ],
    [["Transfer-Encoding", "chunked"]],
  ];
  for (const body of bodies) {
    for (const headers of heads) {
      const number = folder.add(request(body, headers));
      expect(folder.read(number)).toMatchObject({
        method: "POST",
        url: "/hooks?a=b",
        headers,
        body: Buffer.from(body),
      });
    }
  }
});

test("the oldest go when there are too many, or too large ones; the newest stays", () => {
  const many = new Folder(join(home, "many"), { deliveries: 3, bytes: 1_000_000 });
  for (let i = 0; i < 10; i++) many.note(many.add(request(String(i))), { at: "2026-01-01T00:00:00Z", code: "genuine" });
  expect(many.numbers()).toEqual([8, 9, 10]);
  expect(readdirSync(many.path)).toHaveLength(6);
  const large = new Folder(join(home, "large"), { deliveries: 100, bytes: 1_000 });
  large.add(request("x".repeat(400)));
  large.add(request("x".repeat(400)));
  large.add(request("x".repeat(400)));
  expect(large.numbers()).toEqual([2, 3]);
  large.add(request("x".repeat(5_000)));
  expect(large.numbers()).toEqual([4]);
});

test("only its owner reads it, and nothing that is there is written over", () => {
  const folder = new Folder(join(home, "mine"));
  const number = folder.add(request("a"));
  expect(statSync(folder.path).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder.path, "000001.http")).mode & 0o777).toBe(0o600);
  folder.note(number, { at: "2026-01-01T00:00:00Z", code: "genuine" });
  expect(() => folder.note(number, { at: "x", code: "y" })).toThrow("EEXIST");
  // Another process has taken the next number meanwhile.
  writeFileSync(join(folder.path, "000002.http"), "POST / HTTP/1.1\r\n\r\n");
  expect(folder.add(request("b"))).toBe(3);
});

test("a folder that is not there is empty, and other files are passed over", () => {
  expect(new Folder(join(home, "gone")).numbers()).toEqual([]);
  const folder = new Folder(home);
  expect(folder.numbers()).toEqual([]);
  expect(() => folder.read(7)).toThrow("no delivery 7");
});
