import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../../scripts/lib/process";
import { filesIn, makeFolder, removeFolder, ROOT } from "../helpers/folders";
import { copyProject, type ProjectCopy } from "../helpers/project-copy";
import { processesOf, requireLinux } from "./linux";

let project: ProjectCopy;
let home: string;
beforeAll(async () => {
  requireLinux();
  project = await copyProject("quickstart");
  home = makeFolder("quickstart-home");
}, 120_000);
afterAll(() => {
  project.remove();
  removeFolder(home);
});

const git = (...args: string[]) => run("git", args, { cwd: project.root, env: { PATH: process.env.PATH, HOME: home } });

test(
  "on Linux, the quickstart deploys with cdktf, explains itself, and leaves nothing: no change in git, no file at home, no process",
  { timeout: 300_000 },
  async () => {
    const identity = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
    fs.appendFileSync(path.join(project.root, ".gitignore"), "\nnode_modules\n");
    await git("init", "-q");
    await git("add", "-A");
    expect((await git(...identity, "commit", "-qm", "all")).code).toBe(0);

    const { code, stdout, stderr } = await project.tiers(["quickstart"], { HOME: home });
    expect([code, code === 0 ? "" : stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^cdktf deploy mvp made \d+ resources on a simulated AWS:\n/);
    expect(stdout).toContain("Opens a shell on the host through Session Manager, without SSH\n");
    expect(stdout).toMatch(/ {4}dns_records:\n {6}api\.webrana\.id {2}A {2}[\d.]+\n {6}webrana\.id {6}A {2}[\d.]+\n/);
    for (const line of (stdout + stderr).split("\n")) expect(line.length).toBeLessThanOrEqual(100);
    expect(stdout).toContain("A second plan found nothing to do.");
    expect(stdout).toMatch(/kept what holds data:\n {2}aws_\w+ \S+\n {2}aws_\w+ \S+\n\nAWS was simulated\./);
    expect(stdout).toContain("npx cdktf deploy mvp");
    expect(stderr).toMatch(/ok {3}cdktf deploy mvp +\d+\.\d s/);

    expect((await git("status", "--porcelain")).stdout).toBe("");
    expect(filesIn(path.join(project.root, ".simulated"))).toEqual([]);
    expect(fs.existsSync(path.join(project.root, "cdktf.out"))).toBe(false);
    expect(filesIn(home)).toEqual([]);
    expect(processesOf(project.root)).toEqual([]);
  },
);

test("npm run leaves no log and no notice of its own at home", async () => {
  const npmHome = makeFolder("quickstart-npm-home");
  try {
    fs.copyFileSync(path.join(ROOT, ".npmrc"), path.join(project.root, ".npmrc"));
    const env = { PATH: process.env.PATH, HOME: npmHome };
    const { code, stdout } = await run("npm", ["run", "-s", "tiers", "--", "--version"], { cwd: project.root, env });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
    expect(filesIn(npmHome)).toEqual([]);
  } finally {
    removeFolder(npmHome);
  }
});
