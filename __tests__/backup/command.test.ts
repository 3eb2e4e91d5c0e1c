import * as fs from "node:fs";
import * as path from "node:path";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { filesIn } from "../helpers/folders";
import { type Moto, MOTO_INSTALL_MS, startMoto } from "../helpers/moto";
import { copyProject, type ProjectCopy } from "../helpers/project-copy";
import { type Agent, INSTANCE, startAgent } from "../helpers/ssm-agent";

const BUCKET = "webrana-mvp-backups";
let project: ProjectCopy;
let moto: Moto;
let agent: Agent;

beforeAll(async () => {
  [project, moto, agent] = await Promise.all([copyProject("backup-command"), startMoto(), startAgent()]);
  await fillBucket();
}, MOTO_INSTALL_MS);
afterAll(async () => {
  project?.remove();
  await Promise.all([moto?.stop(), agent?.stop()]);
});
afterEach(() => {
  agent.behaviour = { ping: "Online" };
  agent.sent.length = 0;
});

async function fillBucket(): Promise<void> {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const s3 = new S3Client({ endpoint: moto.url, region: "ap-southeast-1", forcePathStyle: true, credentials });
  const place = { CreateBucketConfiguration: { LocationConstraint: "ap-southeast-1" } } as const;
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET, ...place }));
  const file = { kind: "database", database: "webrana", bytes: 2048, versionId: "v", rows: { "public.t": 5 } };
  const manifest = { id: "20261121T020000Z", startedAt: "2026-11-21T02:00:00Z", reason: "daily", server: "17.10" };
  const Body = JSON.stringify({ ...manifest, notBackedUp: [], files: [file] });
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "backups/manifest.json", Body }));
  s3.destroy();
}

/** The state that Terraform leaves behind, as far as this command reads it. */
function deploy(outputs: Record<string, string>): void {
  const state = {
    version: 4,
    terraform_version: "1.11.4",
    serial: 1,
    lineage: "00000000-0000-0000-0000-000000000000",
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, { value, type: "string" }])),
    resources: [],
  };
  fs.writeFileSync(path.join(project.root, "terraform.mvp.tfstate"), JSON.stringify(state));
}

const DEPLOYED = { instance_id: INSTANCE, backup_bucket: BUCKET };

/** Runs `tiers backup` with S3 at moto and Systems Manager at the stand-in. */
const backup = (args: string[], env: NodeJS.ProcessEnv = {}) =>
  project.tiers(["backup", ...args], {
    ...moto.env,
    AWS_ENDPOINT_URL: undefined,
    AWS_ENDPOINT_URL_S3: moto.url,
    AWS_ENDPOINT_URL_SSM: agent.url,
    TF_CLI_CONFIG_FILE: undefined,
    TF_CLI_ARGS_init: undefined,
    ...env,
  });

/** What the host's programs are in these tests: they say what they were asked. */
const HOST_PROGRAMS = "/opt/webrana/bin/";

describe("of a stack that is not deployed", () => {
  test("every subcommand says so, and changes nothing", async () => {
    fs.rmSync(path.join(project.root, "terraform.mvp.tfstate"), { force: true });
    for (const args of [["list"], ["now"], ["drill"], ["restore", "--to", "scratch"]]) {
      const { code, stdout, stderr } = await backup([args[0] ?? "", "mvp", ...args.slice(1)]);
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toContain(
        `error: The stack mvp is not deployed: its state has no output "backup_bucket". Deploy it first: npx cdktf deploy mvp\n`.replace(
          "backup_bucket",
          "instance_id",
        ),
      );
    }
    expect(agent.sent).toEqual([]);
    expect(filesIn(path.join(project.root, ".cache"))).toEqual([]);
  });
});

describe("of a deployed stack", () => {
  beforeAll(() => deploy(DEPLOYED));

  test("list reads the bucket", async () => {
    const { code, stdout } = await backup(["list", "mvp"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^20261121T020000Z .* 2\.0 KiB {2}webrana \(5 rows\) {2}daily$/m);
    const json = JSON.parse((await backup(["list", "mvp", "--json"])).stdout) as { backups: { id: string }[] };
    expect(json.backups.map(({ id }) => id)).toEqual(["20261121T020000Z"]);
    expect(agent.sent).toEqual([]);
  });

  test.each([
    [["now", "mvp"], "backup now"],
    [["now", "mvp", "--accept-smaller"], "backup now --accept-smaller"],
    [["verify", "mvp", "--id", "20261121T020000Z"], "backup verify 20261121T020000Z"],
    [["drill", "mvp"], "backup drill"],
    [["restore", "mvp", "--to", "scratch"], "restore --to scratch"],
    [
      ["restore", "mvp", "--to", "live", "--yes", "--id", "20261121T020000Z", "--database", "webrana"],
      "restore --to live --id 20261121T020000Z --database webrana --yes",
    ],
    [
      ["restore", "mvp", "--to", "live", "--yes", "--no-safety-backup", "the disk's broken"],
      `restore --to live --no-safety-backup 'the disk'\\''s broken' --yes`,
    ],
  ])("%j asks the host for it, and ends as the host does", async (args, command) => {
    const { code, stderr } = await backup(args);
    expect(agent.sent.map(({ command: sent }) => sent)).toEqual([`${HOST_PROGRAMS}${command}`]);
    // This machine has no such program: the shell's own words and code come back.
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/not found[^]*failed on the host with exit code 127\.\n$/),
    ]);
  });

  test("a restore to live without --yes asks for the stack's name, and nobody is there", async () => {
    const { code, stderr } = await backup(["restore", "mvp", "--to", "live"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("Nobody can confirm: standard input is no terminal.")]);
    expect(agent.sent).toEqual([]);
  });

  test.each([
    ["an id that is none", ["verify", "mvp", "--id", "x; rm"], `--id is "x; rm"; allowed: an id as tiers backup list`],
    ["another target", ["restore", "mvp", "--to", "prod"], `--to is "prod"; allowed: scratch, live.`],
    ["no target", ["restore", "mvp"], "required option '--to <target>' not specified"],
    ["a database that is no name", ["restore", "mvp", "--to", "live", "--database", "a b"], `--database is "a b"`],
    ["an unknown stack", ["list", "prod"], `There is no stack "prod"`],
  ])("wrong usage: %s", async (_what, args, message) => {
    const { code, stderr } = await backup(args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(stderr).not.toMatch(/^\s+at .*:\d+/m);
    expect(agent.sent).toEqual([]);
  });

  test("without credentials it says to sign in", async () => {
    const none = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_PROFILE: undefined };
    const nowhere = { AWS_CONFIG_FILE: "/nonexistent", AWS_SHARED_CREDENTIALS_FILE: "/nonexistent" };
    const { code, stderr } = await backup(["list", "mvp"], { ...none, ...nowhere });
    expect([code, stderr]).toEqual([1, expect.stringContaining("there are no AWS credentials; sign in")]);
  });

  test("a host that is offline is told", async () => {
    agent.behaviour = { ping: "ConnectionLost" };
    const { code, stderr } = await backup(["now", "mvp"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("is not online in Systems Manager (ConnectionLost")]);
  });
});
