import { fork } from "node:child_process";
import { once } from "node:events";
import { stripeEvent } from "./bench/bodies.ts";
import { signedBytes } from "./bench/http.ts";
import { hammer } from "./bench/load.ts";

const [fw, kind] = process.argv.slice(2) as string[];
const child = fork("test/bench/server.ts", [fw!, kind!], {
  execArgv: ["--import", "tsx", "--cpu-prof", "--cpu-prof-dir=/tmp/prof"],
  cwd: "/work/main",
});
const [{ port }] = (await once(child, "message")) as [{ port: number }];
const body = stripeEvent();
const at = body.indexOf("evt_") + 4;
let n = 0;
const done = await hammer(
  port,
  () => {
    body.write(String(++n).padStart(14, "0"), at);
    return signedBytes(body);
  },
  32,
  6000,
);
console.log("done", done);
child.disconnect();
await once(child, "exit");
