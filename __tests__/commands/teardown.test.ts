import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { childEnv } from "../../scripts/lib/environment";
import { terraform } from "../../scripts/lib/terraform";
import { writeFileAtomic } from "../../scripts/lib/write";
import { filesIn } from "../helpers/folders";
import { copyProject, type ProjectCopy } from "../helpers/project-copy";
import { onTerminal } from "./linux";

const DIRECTORY = "out/stacks/demo";
const STATE = "terraform.demo.tfstate";

let project: ProjectCopy;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  project = await copyProject("teardown-command");
  const settings = path.join(project.root, "terraform.rc");
  writeFileAtomic(settings, "");
  env = childEnv(process.env, { TF_CLI_CONFIG_FILE: settings });
}, 120_000);
afterAll(() => project.remove());

/** A stack of Terraform's own resources, deployed: the command works on any provider. */
beforeEach(async () => {
  for (const left of ["out", ".teardown", STATE])
    fs.rmSync(path.join(project.root, left), { recursive: true, force: true });
  const cwd = path.join(project.root, DIRECTORY);
  const kept = { input: "data", lifecycle: { prevent_destroy: true } };
  const json = {
    terraform: { backend: { local: { path: `../../../${STATE}` } } },
    resource: { terraform_data: { keeps: kept, goes: { input: "${terraform_data.keeps.output}" } } },
  };
  writeFileAtomic(path.join(cwd, "cdk.tf.json"), JSON.stringify(json));
  await terraform(["init"], { cwd, env });
  await terraform(["apply", "-auto-approve"], { cwd, env });
});

const ARGS = ["teardown", "demo", "--directory", DIRECTORY];
const resources = (): number =>
  (JSON.parse(fs.readFileSync(path.join(project.root, STATE), "utf8")) as { resources: unknown[] }).resources.length;

/** Runs the command on a terminal and types an answer to its question. */
async function typing(answer: string): Promise<{ code: unknown; screen: string }> {
  const entry = path.join(project.root, "dist", "scripts", "tiers.js");
  const child = onTerminal([process.execPath, entry, ...ARGS], { cwd: project.root, env });
  let screen = "";
  let typed = false;
  child.stdout.on("data", (chunk: Buffer) => {
    screen += chunk.toString();
    if (typed || !screen.includes("Type demo to go ahead: ")) return;
    typed = true;
    child.stdin.write(answer);
  });
  return { code: await new Promise((resolve) => child.on("close", resolve)), screen };
}

test("without a terminal and without --yes nothing happens", async () => {
  const { code, stderr } = await project.tiers(ARGS, env);
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining("Nobody can confirm: standard input is no terminal. Add --yes"),
  ]);
  expect(resources()).toBe(2);
});

test("on Linux, another word than the stack's name stops it before anything changes", async () => {
  const { code, screen } = await typing("yes\r");
  expect(screen).toContain(`error: "yes" is not "demo": nothing was changed.`);
  expect([code, resources()]).toEqual([1, 2]);
});

test("on Linux, Ctrl-C at the question stops it before anything changes", async () => {
  const { code, screen } = await typing("\u0003");
  expect(screen).toContain("error: Interrupted: nothing was changed.");
  expect([code, resources()]).toEqual([1, 2]);
});

test("on Linux, the stack's name takes it away; what was kept and where the state was copied is told", async () => {
  const { code, screen } = await typing("demo\r");
  expect(screen).toMatch(/Goes \(1 resource\):\r?\n {2}terraform_data goes/);
  expect(screen).toContain("Stack demo is gone: 1 resource destroyed.");
  expect(screen).toMatch(/The state as it was: \.teardown\/demo\.serial-\d+\.tfstate/);
  expect([code, resources()]).toEqual([0, 0]);
});

test("--yes --json is for machines: no question, no progress, one object", async () => {
  const { code, stdout, stderr } = await project.tiers([...ARGS, "--yes", "--json"], env);
  expect([code, stderr]).toEqual([0, ""]);
  expect(JSON.parse(stdout)).toMatchObject({
    stack: "demo",
    destroyed: 1,
    cancelledSpotRequests: [],
    leftovers: [{ address: "terraform_data.keeps", fixedName: false }],
    stateCopy: expect.stringMatching(/^\.teardown\/demo\.serial-\d+\.tfstate$/),
  });
  const { mode } = fs.statSync(path.join(project.root, (JSON.parse(stdout) as { stateCopy: string }).stateCopy));
  expect(mode & 0o077).toBe(0);
  expect(filesIn(path.join(project.root, "out"))).toContain("stacks/demo/cdk.tf.json");

  const again = await project.tiers([...ARGS, "--yes"], env);
  expect([again.code, again.stderr]).toEqual([
    2,
    expect.stringContaining(`Stack "demo" has nothing in its state (${STATE})`),
  ]);
});

test("a state that cannot be read is Terraform's own message in one line", async () => {
  fs.writeFileSync(path.join(project.root, STATE), "not json");
  const { code, stderr } = await project.tiers([...ARGS, "--yes"], env);
  expect([code, stderr]).toEqual([1, expect.stringMatching(/error: terraform (init|state) failed: Error: /)]);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test("providers that cannot be had are one sentence with what to do, and nothing is left behind", async () => {
  const mirror = path.join(project.root, "empty-mirror");
  fs.mkdirSync(mirror);
  const settings = path.join(project.root, "no-providers.rc");
  writeFileAtomic(settings, `provider_installation {\n  filesystem_mirror {\n    path = "${mirror}"\n  }\n}\n`);
  const file = path.join(project.root, DIRECTORY, "cdk.tf.json");
  const stack = JSON.parse(fs.readFileSync(file, "utf8")) as { terraform: object };
  const required_providers = { aws: { source: "hashicorp/aws" }, random: { source: "hashicorp/random" } };
  writeFileAtomic(file, JSON.stringify({ ...stack, terraform: { ...stack.terraform, required_providers } }));

  const { code, stderr } = await project.tiers([...ARGS, "--yes"], { ...env, TF_CLI_CONFIG_FILE: settings });
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /\nerror: terraform init failed: it found no source for the providers hashicorp\/aws, hashicorp\/random\.\nGive it [^.]*registry\.terraform\.io, or name a mirror /,
  );
  for (const line of stderr.split("\n")) expect(line.length).toBeLessThanOrEqual(105);
  expect(fs.existsSync(path.join(project.root, ".teardown"))).toBe(false);
  expect(resources()).toBe(2);
});
