/**
 * Takes what is used out of a checkout of C2SP/wycheproof: `node take.mjs <checkout>/testvectors_v1`. Keys and bytes
 * become base64, groups of one key one group.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** File there, algorithm and form here. */
const FILES = [
  ["ecdsa_secp256r1_sha256_test", "ecdsa-p256-sha256", "der"],
  ["ecdsa_secp256r1_sha256_p1363_test", "ecdsa-p256-sha256", "raw"],
  ["ecdsa_secp384r1_sha384_test", "ecdsa-p384-sha384", "der"],
  ["ecdsa_secp384r1_sha384_p1363_test", "ecdsa-p384-sha384", "raw"],
  ["rsa_signature_2048_sha256_test", "rsa-pkcs1-sha256", "raw"],
  ["rsa_signature_2048_sha512_test", "rsa-pkcs1-sha512", "raw"],
  ["rsa_pss_2048_sha256_mgf1_32_test", "rsa-pss-sha256", "raw"],
  ["rsa_pss_4096_sha512_mgf1_64_test", "rsa-pss-sha512", "raw"],
  ["ed25519_test", "ed25519", "raw"],
];
const base64 = (hex) => Buffer.from(hex, "hex").toString("base64");
const read = (name) => JSON.parse(readFileSync(join(process.argv[2], `${name}.json`), "utf8"));
const write = (name, value) =>
  writeFileSync(
    new URL(`${name}.json`, import.meta.url),
    `${JSON.stringify(value).replaceAll("],[", "],\n[").replaceAll('{"key"', '\n{"key"')}\n`,
  );

for (const [file, algorithm, form] of FILES) {
  const groups = new Map();
  for (const { publicKeyDer, publicKeyJwk, keyJwk, tests } of read(file).testGroups) {
    const key = base64(publicKeyDer);
    const jwk = publicKeyJwk ?? keyJwk;
    if (!groups.has(key)) groups.set(key, { key, ...(jwk && !groups.size ? { jwk } : {}), tests: [] });
    for (const { tcId, comment, msg, sig, result } of tests)
      groups.get(key).tests.push([tcId, comment, base64(msg), base64(sig), result]);
  }
  write(`${algorithm}-${form}`, { algorithm, form, groups: [...groups.values()] });
}

/** Public keys of the files for ECDH that nobody must take. */
const keys = [];
for (const curve of ["256", "384"]) {
  for (const { tests } of read(`ecdh_secp${curve}r1_test`).testGroups) {
    for (const { comment, public: key, flags, result } of tests)
      if (result === "invalid") keys.push([`P-${curve}`, comment, base64(key), flags.join()]);
  }
}
write("invalid-keys", keys);
