import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { userData } from "../../modules/host/user-data";

/** A host with stand-ins for the programs that the loader calls; each writes its call down. */
const root = fs.mkdtempSync(path.join(os.tmpdir(), "test-loader-"));
const bin = path.join(root, "bin");
const snapBin = path.join(root, "snap-bin");
const appDir = path.join(root, "app");
const unitDir = path.join(root, "units");
const loader = path.join(root, "loader.sh");
const calls = path.join(root, "calls");

afterAll(() => fs.rmSync(root, { recursive: true, force: true }));
beforeEach(() => {
  for (const place of [bin, snapBin, appDir, unitDir, calls]) fs.rmSync(place, { recursive: true, force: true });
  for (const folder of [bin, snapBin, unitDir]) fs.mkdirSync(folder);
  for (const tool of ["bash", "mkdir", "cp", "mv", "grep", "rm", "md5sum"])
    fs.symlinkSync(whereIs(tool), path.join(bin, tool));
  const script = userData({ bucket: "shop-backups", prefix: "host/", region: "eu-central-1", appDir });
  // This machine may have programs in /snap/bin, which must not run here, and has units of its own.
  fs.writeFileSync(loader, script.replace("/snap/bin", snapBin).replace("/etc/systemd/system", unitDir));
  standIn("sleep", "");
  standIn("systemctl", "");
});

function whereIs(tool: string): string {
  const found = ["/usr/bin", "/bin"].map((folder) => path.join(folder, tool)).find((file) => fs.existsSync(file));
  if (found === undefined) throw new Error(`this machine has no ${tool}`);
  return found;
}

/** Puts a program on the host's PATH; `$calls` in its text is the number of its calls so far, this one included. */
function standIn(name: string, text: string, folder = bin): void {
  const count = `calls=$(grep -c '^${name} ' '${calls}')`;
  const script = `#!/bin/bash\necho "${name} $*" >>'${calls}'\n${count}\n${text}\n`;
  fs.writeFileSync(path.join(folder, name), script, { mode: 0o755 });
}

/**
 * The AWS CLI, which reaches the bucket at its nth call. The bootstrap.sh that it fetches then ends with a status of its
 * own; until the `whole`th call the list of sums is one of another version.
 */
function awsFrom(nth: number, whole = nth): string {
  return `if [ "$calls" -lt ${nth} ]; then echo "Could not connect to the endpoint URL" >&2; exit 1; fi
mkdir '${appDir}/.incoming'
cd '${appDir}/.incoming'
echo 'exit 7' >bootstrap.sh
md5sum bootstrap.sh >files.md5
if [ "$calls" -lt ${whole} ]; then echo 'exit 8' >bootstrap.sh; fi`;
}

/** snap, whose installations succeed from the nth on. */
function snapFrom(nth: number): void {
  standIn("aws", awsFrom(1), root);
  standIn("snap", `if [ "$calls" -lt ${nth} ]; then exit 1; fi\ncp '${root}/aws' '${snapBin}/aws'`);
}

function run(script = loader): { status: number | null; lines: string[]; called: (name: string) => string[] } {
  const env = { PATH: bin };
  const { status, stderr } = spawnSync("/bin/bash", [script], { env, encoding: "utf8" });
  const written = fs.existsSync(calls) ? fs.readFileSync(calls, "utf8").trimEnd().split("\n") : [];
  return {
    status,
    lines: stderr.split("\n").filter((line) => line.startsWith("loader: ")),
    called: (name) => written.filter((line) => line.startsWith(`${name} `)),
  };
}

/** What the bootstrap.sh of these tests ends with: the loader's own result. */
const HANDED_OVER = 7;

describe("the first boot", () => {
  test("waits for the internet before it can install: snap fails twice, then works", () => {
    snapFrom(3);
    const { status, lines, called } = run();
    expect(status).toBe(HANDED_OVER);
    expect(lines).toEqual([
      "loader: try 1 of 30: the AWS CLI could not be installed",
      "loader: try 2 of 30: the AWS CLI could not be installed",
    ]);
    expect(called("snap")).toEqual(Array(3).fill("snap install aws-cli --classic"));
    expect(called("sleep")).toEqual(Array(2).fill("sleep 10"));
  });

  test("waits for the bucket: unreachable 29 times, read by the last try", () => {
    standIn("aws", awsFrom(30));
    const { status, lines, called } = run();
    expect(status).toBe(HANDED_OVER);
    expect(lines).toHaveLength(29);
    expect(lines.at(-1)).toBe("loader: try 29 of 30: s3://shop-backups/host/ could not be read");
    expect(called("sleep")).toHaveLength(29);
    expect(new Set(called("aws"))).toEqual(
      new Set([
        `aws s3 cp --recursive --only-show-errors --cli-connect-timeout 10 s3://shop-backups/host/ ${appDir}/.incoming/`,
      ]),
    );
  });

  test.each([
    ["the bucket", () => standIn("aws", awsFrom(1000)), "s3://shop-backups/host/ could not be read"],
    ["the store of snaps", () => snapFrom(1000), "the AWS CLI could not be installed"],
    [
      "a whole configuration",
      () => standIn("aws", awsFrom(1, 1000)),
      "the files of s3://shop-backups/host/ do not belong together",
    ],
  ])("gives up with a clear last line when %s is never reached", (_what, prepare, problem) => {
    prepare();
    const { status, lines, called } = run();
    expect(status).toBe(1);
    expect(lines).toHaveLength(31);
    expect(lines.at(-1)).toBe(
      `loader: gave up after 30 tries: ${problem}; check the way to the internet and the role, then run: bash ${loader}`,
    );
    expect(called("sleep")).toHaveLength(29);
  });

  test("fetches anew what Terraform was still putting there", () => {
    standIn("aws", awsFrom(1, 3));
    const { status, lines, called } = run();
    expect(status).toBe(HANDED_OVER);
    expect(lines).toEqual([
      "loader: try 1 of 30: the files of s3://shop-backups/host/ do not belong together",
      "loader: try 2 of 30: the files of s3://shop-backups/host/ do not belong together",
    ]);
    expect(called("aws")).toHaveLength(3);
  });

  test("leaves no file of an earlier try behind", () => {
    fs.mkdirSync(path.join(appDir, ".incoming"), { recursive: true });
    fs.writeFileSync(path.join(appDir, ".incoming/old"), "");
    standIn("aws", awsFrom(1));
    run();
    expect(fs.readdirSync(path.join(appDir, ".incoming")).sort()).toEqual(["bootstrap.sh", "files.md5"]);
  });
});

test("a second run installs nothing again, fetches again and ends the same way", () => {
  snapFrom(1);
  const first = run();
  const second = run();
  expect([second.status, second.lines]).toEqual([first.status, first.lines]);
  expect(second.called("snap")).toHaveLength(1);
  expect(second.called("aws")).toHaveLength(2);
  expect(second.called("sleep")).toEqual([]);
});

describe("a first boot that is cut off", () => {
  const copy = path.join(appDir, "loader.sh");
  const unit = path.join(unitDir, "tierstack-loader.service");

  test("goes on at the next one: before anything can fail, the loader is a unit that runs until the host is installed", () => {
    standIn("aws", awsFrom(1000));
    expect(run().called("systemctl")).toEqual(["systemctl enable --quiet tierstack-loader.service"]);
    expect(fs.readFileSync(copy, "utf8")).toBe(fs.readFileSync(loader, "utf8"));
    const lines = fs.readFileSync(unit, "utf8").split("\n");
    expect(lines).toContain(`ConditionPathExists=!${appDir}/.installed`);
    expect(lines).toContain(`ExecStart=/bin/bash ${copy}`);
    expect(lines).toContain("WantedBy=multi-user.target");
  });

  test("the copy does the same and leaves itself as it is", () => {
    standIn("aws", awsFrom(2));
    run();
    const before = fs.readFileSync(copy, "utf8");
    expect(run(copy).status).toBe(HANDED_OVER);
    expect(fs.readFileSync(copy, "utf8")).toBe(before);
    expect(fs.readdirSync(appDir).sort()).toEqual([".incoming", "loader.sh"]);
  });

  test("is told when it cannot be prepared for, and this boot goes on", () => {
    standIn("systemctl", "exit 1");
    standIn("aws", awsFrom(1));
    const { status, lines } = run();
    expect(status).toBe(HANDED_OVER);
    expect(lines).toEqual([
      "loader: tierstack-loader.service could not be set up: should this boot be cut off, the next does not go on",
    ]);
  });
});
