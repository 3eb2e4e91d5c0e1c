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
const loader = path.join(root, "loader.sh");
const calls = path.join(root, "calls");

afterAll(() => fs.rmSync(root, { recursive: true, force: true }));
beforeEach(() => {
  for (const place of [bin, snapBin, appDir, calls]) fs.rmSync(place, { recursive: true, force: true });
  for (const folder of [bin, snapBin]) fs.mkdirSync(folder);
  for (const tool of ["bash", "mkdir", "seq", "cp", "grep"]) fs.symlinkSync(whereIs(tool), path.join(bin, tool));
  const script = userData({ bucket: "shop-backups", prefix: "host/", region: "eu-central-1", appDir });
  // This machine may have programs in /snap/bin, which must not run here.
  fs.writeFileSync(loader, script.replace("/snap/bin", snapBin));
  standIn("sleep", "");
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

/** The AWS CLI, which reaches the bucket at its nth call and writes this file then. */
function awsFrom(nth: number, file = "compose.yaml", content = ""): string {
  return `if [ "$calls" -lt ${nth} ]; then echo "Could not connect to the endpoint URL" >&2; exit 1; fi
echo '${content}' >'${appDir}/${file}'`;
}

/** snap, whose installations succeed from the nth on. */
function snapFrom(nth: number): void {
  standIn("aws", awsFrom(1), root);
  standIn("snap", `if [ "$calls" -lt ${nth} ]; then exit 1; fi\ncp '${root}/aws' '${snapBin}/aws'`);
}

function run(): { status: number | null; lines: string[]; called: (name: string) => string[] } {
  const env = { PATH: bin };
  const { status, stderr } = spawnSync("/bin/bash", [loader], { env, encoding: "utf8" });
  const written = fs.existsSync(calls) ? fs.readFileSync(calls, "utf8").trimEnd().split("\n") : [];
  return {
    status,
    lines: stderr.split("\n").filter((line) => line.startsWith("loader: ")),
    called: (name) => written.filter((line) => line.startsWith(`${name} `)),
  };
}

const DONE = `loader: configuration fetched to ${appDir}; it holds no bootstrap.sh`;

describe("the first boot", () => {
  test("waits for the internet before it can install: snap fails twice, then works", () => {
    snapFrom(3);
    const { status, lines, called } = run();
    expect(status).toBe(0);
    expect(lines).toEqual([
      "loader: try 1 of 30: the AWS CLI could not be installed",
      "loader: try 2 of 30: the AWS CLI could not be installed",
      DONE,
    ]);
    expect(called("snap")).toEqual(Array(3).fill("snap install aws-cli --classic"));
    expect(called("sleep")).toEqual(Array(2).fill("sleep 10"));
    expect(fs.existsSync(path.join(appDir, "compose.yaml"))).toBe(true);
  });

  test("waits for the bucket: unreachable 29 times, read by the last try", () => {
    standIn("aws", awsFrom(30));
    const { status, lines, called } = run();
    expect(status).toBe(0);
    expect(lines).toHaveLength(30);
    expect(lines[28]).toBe("loader: try 29 of 30: s3://shop-backups/host/ could not be read");
    expect(lines.at(-1)).toBe(DONE);
    expect(called("sleep")).toHaveLength(29);
    expect(new Set(called("aws"))).toEqual(
      new Set([`aws s3 cp --recursive --only-show-errors --cli-connect-timeout 10 s3://shop-backups/host/ ${appDir}/`]),
    );
  });

  test.each([
    ["the bucket", () => standIn("aws", awsFrom(1000)), "s3://shop-backups/host/ could not be read"],
    ["the store of snaps", () => snapFrom(1000), "the AWS CLI could not be installed"],
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

  test("hands over to bootstrap.sh, whose result is its own", () => {
    standIn("aws", awsFrom(1, "bootstrap.sh", "exit 7"));
    expect(run()).toMatchObject({ status: 7, lines: [] });
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
