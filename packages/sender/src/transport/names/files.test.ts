import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { candidatesOf, readHosts, readServers, readSources, watchedFile } from "./files.ts";

const ask = (hostname: string, { hosts = "", servers = "", sources = "hosts: files dns" } = {}) =>
  candidatesOf(hostname, { hosts: readHosts(hosts), servers: readServers(servers), plain: readSources(sources) });

/** As a pod has it: https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/ */
const POD = "search shop.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.32.0.10\noptions ndots:5\n";

describe("which names the name servers are asked for", () => {
  test.each<[string, string, Parameters<typeof ask>[1], readonly string[]]>([
    ["a public name", "hooks.example.com", {}, ["hooks.example.com"]],
    ["a name without a dot is left to the system", "intranet", { servers: "search corp.example" }, []],
    ["so is one in the hosts file", "db.example.com", { hosts: "10.0.0.1\tdb DB.example.com. # ours" }, []],
    ["a comment in it is none", "db.example.com", { hosts: "# 10.0.0.1 db.example.com" }, ["db.example.com"]],
    ["so is one of mDNS", "printer.local", {}, []],
    ["with as many dots as it takes it goes as it is", "a.b", { servers: "search corp.example" }, ["a.b"]],
    [
      "a service in Kubernetes goes by its search domains first",
      "api.prod",
      { servers: POD },
      ["api.prod.shop.svc.cluster.local", "api.prod.svc.cluster.local", "api.prod.cluster.local", "api.prod"],
    ],
    ["but not where it ends with a dot", "api.prod.", { servers: POD }, ["api.prod"]],
    [
      "the last search line counts",
      "a.b",
      { servers: "search one.example\ndomain two.example\noptions timeout:1 ndots:2" },
      ["a.b.two.example", "a.b"],
    ],
    ["a source that may know more", "a.example.com", { sources: "hosts: files sss dns" }, []],
    ["no name servers", "a.example.com", { sources: "hosts: files" }, []],
    [
      "systemd's own sources",
      "a.example.com",
      { sources: "passwd: files\nhosts: mymachines resolve [!UNAVAIL=return] files myhostname dns # x" },
      ["a.example.com"],
    ],
    ["no nsswitch.conf, as with musl", "a.example.com", { sources: "" }, ["a.example.com"]],
  ])("%s", (_name, hostname, files, expected) => {
    expect(ask(hostname, files)).toEqual(expected);
  });
});

test("a hosts file that changes is read again, and one that goes is empty", () => {
  const folder = mkdtempSync(join(tmpdir(), "countersign-hosts-"));
  const path = join(folder, "hosts");
  let now = 0;
  const hosts = watchedFile(path, readHosts, () => now);
  expect([...hosts()]).toEqual([]);
  writeFileSync(path, "127.0.0.1 one.example\n");
  expect([...hosts()]).toEqual([]);
  now = 1_000;
  expect([...hosts()]).toEqual(["one.example"]);
  writeFileSync(path, "127.0.0.1 another.example\n");
  now = 2_000;
  expect([...hosts()]).toEqual(["another.example"]);
  rmSync(folder, { recursive: true });
  now = 3_000;
  expect([...hosts()]).toEqual([]);
});
