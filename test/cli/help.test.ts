import { describe, expect, test } from "vitest";
import { atTerminal, countersign, shell } from "./command.ts";
import { failure } from "./schemas.ts";

const ESCAPE = "\u001b";
const { stdout: page } = await countersign(["--help"]);
/** As the first page lists them. */
const commands = [...page.matchAll(/^ {2}([a-z-]+) .*? {2}(\S.*)$/gm)].map(([, name = "", summary = ""]) => ({
  name,
  summary,
}));

describe("the help", () => {
  test("names every command, and what the exit codes mean", async () => {
    const { code, stdout, stderr } = await countersign(["--help"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(commands.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["verify", "explain", "sign", "send", "providers", "secret"]),
    );
    expect(stdout).toContain("Exit codes: 0 yes, 1 no");
    expect(stdout).not.toContain(ESCAPE);
  });

  test("goes to standard output and is no success when nothing was asked", async () => {
    expect(await countersign([])).toMatchObject({ code: 2, stdout: expect.stringContaining("Commands") });
  });

  test.each(commands.map(({ name }) => name))("%s teaches by examples, and the next word is the same", async (name) => {
    const { code, stdout } = await countersign([name, "--help"]);
    expect(code).toBe(0);
    expect(stdout.indexOf("Examples")).toBeLessThan(stdout.indexOf("Options"));
    expect((await countersign(["help", name])).stdout).toBe(stdout);
    expect((await countersign([name, "-h"])).stdout).toBe(stdout);
  });

  test("has colours at a terminal, and none in a pipe, with NO_COLOR or at a dumb one", async () => {
    expect((await atTerminal(["--help"])).stdout).toContain(`${ESCAPE}[1m`);
    expect((await atTerminal(["--help"], "", { NO_COLOR: "1" })).stdout).not.toContain(ESCAPE);
    expect((await atTerminal(["--help"], "", { TERM: "dumb" })).stdout).not.toContain(ESCAPE);
  });

  test("says its version", async () => {
    expect(await countersign(["--version"])).toEqual({ code: 0, stdout: "0.1.0\n", stderr: "" });
  });
});

describe("what was typed wrong ends with 2, and is told by name and nearest name", () => {
  test.each<[args: string[], code: string, says: string]>([
    [["verfy"], "unknown_command", 'Did you mean "verify"?'],
    [["verify", "--provder", "x"], "unknown_option", "--provider"],
    [["verify", "a", "b"], "unexpected_argument", "1 at most"],
    [["send"], "missing_argument", "URL [FILE]"],
    [["verify", "--provider"], "missing_value", "NAME"],
    [["verify", "--provider", "--secret-env", "A"], "missing_value", "another option"],
    [["verify", "--provider", "a", "--provider", "b"], "repeated_option", "twice"],
    [["verify", "--json=yes"], "unexpected_value", "--json"],
    [["verify", "--provider", "strpe", "--secret-env", "WEBHOOK_SECRET"], "unknown_provider", "stripe"],
    [["verify", "--secret-env", "WEBHOOK_SECRET"], "provider_missing", "countersign providers"],
    [["verify", "--provider", "stripe"], "secret_missing", "--secret-env"],
    [["verify", "--provider", "stripe", "--secret-env", "NOT_SET"], "secret_unavailable", "NOT_SET is not set"],
    [["verify", "--provider", "stripe", "--secret-file", "gone"], "secret_unavailable", "ENOENT"],
    [
      ["verify", "--provider", "stripe", "--set", "a=b", "--secret-env", "WEBHOOK_SECRET"],
      "unexpected_setting",
      "--set",
    ],
    [
      ["verify", "--provider", "tappass", "--set", "heder=b", "--secret-env", "WEBHOOK_SECRET"],
      "unknown_option",
      "heder",
    ],
    [["send", "ftp://x", "--provider", "stripe"], "invalid_url", "http"],
    [["send", "http://a:b@localhost", "--provider", "stripe"], "credentials_in_url", "password"],
  ])("%j: %s", async (args, code, says) => {
    const json = await countersign([...args, ...(args.includes("--json=yes") ? [] : ["--json"])]);
    if (!args.includes("--json=yes")) {
      expect(failure.parse(JSON.parse(json.stdout)).error.code).toBe(code);
      expect(json.stderr).toBe("");
    }
    const { code: exit, stdout, stderr } = await countersign(args);
    expect([exit, json.code, stdout]).toEqual([2, 2, ""]);
    expect(stderr).toContain(says);
  });

  const pasted = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  test.each([
    [["verify", "--secret", pasted]],
    [["verify", `--secret=${pasted}`]],
    [["verify", "--token", pasted]],
    [["verify", `--${pasted}`]],
    [["verify", "--secret-env", pasted, "--provider", "stripe"]],
    [["verify", "--secret-file", pasted, "--provider", "stripe"]],
    [["verify", "--provider", pasted]],
    [["verify", "a", pasted]],
    [["verify", pasted, "--provider", "stripe", "--secret-env", "WEBHOOK_SECRET"]],
    [["send", `http://x:${pasted}@localhost`, "--provider", "stripe"]],
    [["verify", "--set", pasted, "--provider", "stripe"]],
    [[pasted]],
  ])("a secret pasted into the arguments is not repeated: %j", async (args) => {
    for (const all of [args, [...args, "--json"]]) {
      const { code, stdout, stderr } = await countersign(all);
      expect([2, 3]).toContain(code);
      expect(stdout + stderr).not.toContain("MfKQ9r8G");
      expect(stdout + stderr).not.toBe("");
    }
  });
});

describe("where the output goes wrong", () => {
  test("a full disk is told and ends with 4", async () => {
    for (const args of ["providers", "--help", "secret new", "providers --json"]) {
      const { code, stderr } = await shell(`countersign ${args} > /dev/full`);
      expect([code, stderr]).toEqual([4, expect.stringContaining("ENOSPC")]);
    }
  });

  test("who reads no more is no failure", async () => {
    const { code, stdout, stderr } = await shell("set -o pipefail; countersign providers | head -1");
    expect([code, stdout.split("\n").length, stderr]).toEqual([0, 2, ""]);
  });

  test("a closed standard error harms nothing", async () => {
    expect(await shell("countersign verify nowhere --provider stripe --secret-env WEBHOOK_SECRET 2>&-")).toMatchObject({
      code: 3,
    });
  });
});
