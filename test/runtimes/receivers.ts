import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type RecordingReceiver, recordingReceiver } from "@countersign/sender/testing";

/** Where the packed sender sends to: this process, over http and over TLS. */
export interface Receivers {
  readonly plain: RecordingReceiver;
  /** `https://receiver.test:<port>/`. */
  readonly secureUrl: string;
  /** The file of the certificate that the second one has, and of its authority: the same. */
  readonly certificate: string;
  close(): Promise<void>;
}

export async function startReceivers(folder: string): Promise<Receivers> {
  const key = join(folder, "key.pem");
  const certificate = join(folder, "certificate.pem");
  const args =
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=receiver.test -addext subjectAltName=DNS:receiver.test";
  execFileSync("openssl", [...args.split(" "), "-keyout", key, "-out", certificate], { stdio: "ignore" });
  const plain = await recordingReceiver();
  const secure = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (request, response) => {
    request.resume().on("end", () => response.writeHead(204).end());
  });
  await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve));
  return {
    plain,
    secureUrl: `https://receiver.test:${(secure.address() as AddressInfo).port}/`,
    certificate,
    async close() {
      await plain.close();
      secure.closeAllConnections();
      await new Promise((resolve) => secure.close(resolve));
    },
  };
}
