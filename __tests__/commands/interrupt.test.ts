import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { childEnv } from "../../scripts/lib/environment";
import { filesIn } from "../helpers/folders";
import { copyProject, type ProjectCopy } from "../helpers/project-copy";
import { onTerminal, processesOf, requireLinux } from "./linux";

let project: ProjectCopy;
beforeAll(async () => {
  requireLinux(["script"]);
  project = await copyProject("interrupt");
}, 120_000);
afterAll(() => project?.remove());

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `tiers` and sends a signal as soon as a condition holds. */
async function interrupted(
  args: string[],
  signal: NodeJS.Signals,
  when: () => boolean,
  env: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  const entry = path.join(project.root, "dist", "scripts", "tiers.js");
  const child = spawn(process.execPath, [entry, ...args], { cwd: project.root, env: childEnv(process.env, env) });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
  while (!when() && child.exitCode === null) await pause(20);
  child.kill(signal);
  return ended;
}

/** Whether a file of the copy exists and holds a text. */
function holds(file: string, text: string): boolean {
  const absolute = path.join(project.root, file);
  return fs.existsSync(absolute) && fs.readFileSync(absolute, "utf8").includes(text);
}

/** A Terraform that shows it runs, and waits for the interrupt like the real one does in a long apply. */
function slowTerraform(): string {
  const file = path.join(project.root, "slow-terraform");
  const script = `#!/bin/sh
if [ "$1" != plan ]; then exec terraform "$@"; fi
trap 'echo interrupted >> ${path.join(project.root, "interrupts")}; exit 1' INT
echo started > ${path.join(project.root, "interrupts")}
while :; do sleep 0.1; done
`;
  fs.writeFileSync(file, script, { mode: 0o755 });
  return file;
}

describe.each([
  ["Ctrl-C", "SIGINT"],
  ["an end of the session", "SIGHUP"],
  ["a polite kill", "SIGTERM"],
] as const)("on Linux, %s in the middle of a simulated run", (_what, signal) => {
  test(
    "asks Terraform once to stop, removes what was begun, and ends with one line and exit code 1",
    { timeout: 120_000 },
    async () => {
      const log = path.join(project.root, "interrupts");
      fs.rmSync(log, { force: true });
      const env = { TERRAFORM_BINARY_NAME: slowTerraform() };
      const { code, stdout, stderr } = await interrupted(
        ["simulate", "mvp"],
        signal,
        () => holds("interrupts", "started"),
        env,
      );
      expect(stderr).toContain("error: Interrupted: terraform plan was stopped.\n");
      expect(stderr).not.toMatch(/^\s+at /m);
      expect([code, stdout]).toEqual([1, ""]);
      expect(fs.readFileSync(log, "utf8")).toBe("started\ninterrupted\n");
      expect(filesIn(path.join(project.root, ".simulated"))).toEqual([]);
      await pause(500);
      expect(processesOf(project.root)).toEqual([]);
    },
  );
});

test(
  "on Linux, Ctrl-C during cdktf's deployment ends its Terraform too and removes everything",
  { timeout: 120_000 },
  async () => {
    const { code, stderr } = await interrupted(["quickstart"], "SIGINT", () =>
      holds(".simulated/quickstart/world.json", "aws_vpc"),
    );
    expect([code, stderr]).toEqual([1, expect.stringMatching(/error: Interrupted: cdktf deploy was stopped\.\n$/)]);
    expect(filesIn(path.join(project.root, ".simulated"))).toEqual([]);
    await pause(500);
    expect(processesOf(project.root)).toEqual([]);
  },
);

test("on Linux, a question that is interrupted changes nothing", { timeout: 60_000 }, async () => {
  const entry = path.join(project.root, "dist", "scripts", "tiers.js");
  const before = filesIn(path.join(project.root, "apps"));
  const child = onTerminal([process.execPath, entry, "init"], { cwd: project.root, env: process.env });
  let screen = "";
  child.stdout.on("data", (chunk: Buffer) => {
    screen += chunk.toString();
    if (screen.includes("AWS region") && !screen.includes("Interrupted")) child.stdin.write("\u0003");
    else if (screen.includes("Name of the app") && !screen.includes("AWS region")) child.stdin.write("shop\r");
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect(screen).toContain("error: Interrupted: nothing was changed.");
  expect(code).toBe(1);
  expect(filesIn(path.join(project.root, "apps"))).toEqual(before);
});
