import { describe, expect, test } from "vitest";
import { UserError } from "../../scripts/lib/errors";
import { run } from "../../scripts/lib/process";

const env = { PATH: process.env.PATH };
const node = (script: string, options: { timeoutMs?: number; onLine?: (line: string) => void } = {}) =>
  run(process.execPath, ["-e", script], { env, title: "the child", ...options });

describe("run", () => {
  test("returns the exit code and both streams of a child that fails", async () => {
    const script = `process.stdout.write("out"); process.stderr.write("err"); process.exit(3)`;
    expect(await node(script)).toEqual({ code: 3, stdout: "out", stderr: "err" });
  });

  test("hands over lines of both streams while the child runs", async () => {
    const lines: string[] = [];
    await node(`console.log("one"); console.error("two"); console.log("three")`, {
      onLine: (line) => lines.push(line),
    });
    expect(lines.sort()).toEqual(["one", "three", "two"]);
  });

  test("gives the child the environment that it was told, and nothing else", async () => {
    const { stdout } = await run(process.execPath, ["-e", "console.log(JSON.stringify(process.env))"], {
      env: { ONLY: "this" },
    });
    expect(JSON.parse(stdout)).toEqual({ ONLY: "this" });
  });

  test("gives the child its input, and an end of input without one", async () => {
    const script = `process.stdout.write(require("node:fs").readFileSync(0))`;
    const read = async (input?: string) => (await run(process.execPath, ["-e", script], { env, input })).stdout;
    expect([await read("a secret\n"), await read()]).toEqual(["a secret\n", ""]);
  });

  test("a child that does not read its input ends as it wants", async () => {
    expect((await run(process.execPath, ["-e", "process.exit(3)"], { env, input: "x".repeat(1e6) })).code).toBe(3);
  });

  test("says in one line that a program cannot be started", async () => {
    const attempt = run("/does/not/exist", [], { env, title: "the tool" });
    await expect(attempt).rejects.toThrow(new UserError("the tool could not be started: spawn /does/not/exist ENOENT"));
  });

  test("asks a child that takes too long to stop, so that it can clean up", async () => {
    const lines: string[] = [];
    const script = `process.on("SIGINT", () => { console.log("cleaned up"); process.exit(0) });
      console.log("ready"); setInterval(() => {}, 1000)`;
    const attempt = node(script, { timeoutMs: 1500, onLine: (line) => lines.push(line) });
    await expect(attempt).rejects.toThrow("the child took longer than 1500 ms and was stopped.");
    expect(lines).toEqual(["ready", "cleaned up"]);
  });

  test("a child that a signal ended counts as failed", async () => {
    expect((await node(`process.kill(process.pid, "SIGKILL")`)).code).toBe(1);
  });
});
