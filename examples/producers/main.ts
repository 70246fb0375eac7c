import { show } from "./show.ts";

for (const { system, what, status, received } of await show()) {
  console.log(`${system.padEnd(10)} ${what.padEnd(16)} answered ${status}, received as ${received}`);
}
