import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ScriptHost } from "../../helpers/script-host";

const MIB = 1024 * 1024;
/** Where Debian keeps programs for file systems. */
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
const SLOW = 60_000;

let host: ScriptHost;
/** The disk is a sparse file; mounting it is left to stand-ins, everything else is done by the real programs. */
let disk: string;

beforeEach(() => {
  host = new ScriptHost();
  fs.rmSync(host.dataDir, { recursive: true });
  disk = path.join(host.root, "dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0123456789abcdef0");
  fs.mkdirSync(path.dirname(disk), { recursive: true });
  host.standIn("mountpoint", '[[ -e "$root/mounted" ]]');
  // What was on the disk is in the folder `contents`.
  host.standIn(
    "mount",
    'touch "$root/mounted"; chmod 0755 "$6"; mkdir -p "$root/contents"; cp -a "$root/contents/." "$6/"',
  );
  host.standIn("umount", 'rm -f "$root/mounted"');
  host.standIn("blockdev", 'stat --format=%s -- "$2"');
  host.standIn("e2fsck", "exit 0");
  makeDisk(256);
});
afterEach(() => host.remove());

function makeDisk(mebibytes: number): void {
  fs.writeFileSync(disk, "");
  fs.truncateSync(disk, mebibytes * MIB);
}

function put(offset: number, text: string): void {
  const file = fs.openSync(disk, "r+");
  fs.writeSync(file, text, offset);
  fs.closeSync(file);
}

/** A DOS table with one partition. */
function putPartitionTable(): void {
  const table = Buffer.alloc(66);
  Buffer.from([0x80, 0, 0, 0, 0x83, 0, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0]).copy(table);
  table.writeUInt16LE(0xaa55, 64);
  const file = fs.openSync(disk, "r+");
  fs.writeSync(file, table, 0, table.length, 446);
  fs.closeSync(file);
}

const run = () => host.runWith({ DATA_WAIT_SECONDS: "4" }, "libexec/data-volume");
const last = () => run().lines.at(-1);
const label = () =>
  spawnSync("blkid", ["-p", "-s", "LABEL", "-o", "value", disk], { env, encoding: "utf8" }).stdout.trim();
const sentinel = () => host.read(path.join(host.dataDir, ".tierstack/volume"));
const sum = () => execFileSync("sha256sum", [disk], { encoding: "utf8" });

describe("a blank disk", () => {
  test("is formatted, mounted and marked", { timeout: SLOW }, () => {
    const { status, lines } = run();
    expect([status, lines]).toEqual([
      0,
      [
        "data-volume: vol-0123456789abcdef0 is blank: making a file system",
        `data-volume: vol-0123456789abcdef0 is mounted at ${host.dataDir}`,
      ],
    ]);
    expect(label()).toBe("tierstack-data");
    expect(sentinel()).toMatch(/^STACK_NAME='shop-mvp'\nCREATED='\d{10}'\n$/);
    expect(host.mode(path.join(host.dataDir, ".tierstack"))).toBe("700");
  });

  test("is formatted once: the next run, mounted or not, leaves it as it is", { timeout: SLOW }, () => {
    run();
    const before = sum();
    expect(run().status).toBe(0);
    fs.cpSync(host.dataDir, path.join(host.root, "contents"), { recursive: true });
    fs.rmSync(host.dataDir, { recursive: true });
    fs.rmSync(path.join(host.root, "mounted"));
    expect(run().lines).toEqual([`data-volume: vol-0123456789abcdef0 is mounted at ${host.dataDir}`]);
    expect(sum()).toBe(before);
  });

  test("that lost power before it was marked is taken up", { timeout: SLOW }, () => {
    execFileSync("mkfs.ext4", ["-q", "-F", "-L", "tierstack-data", disk], { env });
    expect(run().status).toBe(0);
    expect(sentinel()).toContain("STACK_NAME='shop-mvp'");
  });
});

describe("a disk with anything on it is never written to", () => {
  const EXT4 = (name: string) => execFileSync("mkfs.ext4", ["-q", "-F", "-L", name, disk], { env });

  test.each<[string, () => void, string]>([
    ["another file system", () => EXT4("photos"), `a file system of type ext4 named "photos"`],
    ["swap", () => execFileSync("mkswap", [disk], { env, stdio: "ignore" }), "a file system of type swap"],
    ["a partition table", putPartitionTable, "a partition table"],
    ["text at its start", () => put(4096, "half a file system"), "data that is no known file system"],
    ["text at its end", () => put(256 * MIB - 10, "the end"), "data that is no known file system"],
    [
      "half of an ext4",
      () => (EXT4("tierstack-data"), put(1024, "\0".repeat(1024))),
      "data that is no known file system",
    ],
  ])("%s", { timeout: SLOW }, (_, fill, found) => {
    fill();
    const before = sum();
    const { status, lines } = run();
    expect(status).toBe(1);
    expect(lines.at(-1)).toContain(`it holds ${found}`);
    expect(lines.at(-1)).toContain("nothing was changed; if its data is wanted, mount it elsewhere");
    expect(sum()).toBe(before);
    expect(host.calls("mount")).toEqual([]);
  });

  test("nor one that cannot be read", { timeout: SLOW }, () => {
    host.standIn("dd", "echo 'error reading: Input/output error' >&2; exit 1");
    expect(last()).toContain("it holds data that is no known file system");
    host.standIn("blkid", "exit 4");
    expect(last()).toContain("it holds something that blkid cannot tell");
    expect(label()).toBe("");
  });
});

describe("whose volume it is", () => {
  test.each([
    ["another stack's", "STACK_NAME='other-mvp'\nCREATED='1'\n", "belongs to the stack other-mvp, this is shop-mvp"],
    ["one with files and no mark", undefined, "holds files but no mark of a stack"],
  ])("%s is let go again", { timeout: SLOW }, (_, mark, message) => {
    execFileSync("mkfs.ext4", ["-q", "-F", "-L", "tierstack-data", disk], { env });
    host.write("contents/postgres/PG_VERSION", "17\n");
    if (mark !== undefined) host.write("contents/.tierstack/volume", mark);
    const { status, lines } = run();
    expect([status, lines.at(-1)]).toEqual([1, expect.stringContaining(message)]);
    expect(host.has("mounted")).toBe(false);
  });
});

test("a disk that is not attached is waited for, and named with what to do", () => {
  fs.rmSync(disk);
  const { status, lines } = run();
  expect(status).toBe(1);
  expect(lines.at(-1)).toBe(
    `data-volume: the data volume vol-0123456789abcdef0 is not attached: no ${disk} after 4 seconds; attach it to this ` +
      "instance (terraform apply does), then run: systemctl start shop-data.service docker.service shop.service",
  );
  expect(host.calls("sleep")).toHaveLength(2);
});

test("a folder on the root disk that is not empty is not hidden behind the volume", () => {
  host.write(path.join(host.dataDir, "postgres/PG_VERSION"), "17\n");
  expect(last()).toContain("on the root disk is not empty; look at it, move it away");
  expect(label()).toBe("");
});

test("the empty mount point is closed while the volume is away", () => {
  fs.rmSync(disk);
  run();
  makeDisk(8);
  host.standIn("blkid", "exit 4");
  run();
  expect(host.mode(host.dataDir)).toBe("0");
  expect(host.calls("chattr")).toEqual([`chattr +i -- ${host.dataDir}`]);
});

describe("a file system that is ours", () => {
  beforeEach(() => {
    execFileSync("mkfs.ext4", ["-q", "-F", "-L", "tierstack-data", disk], { env });
    host.write("contents/.tierstack/volume", "STACK_NAME='shop-mvp'\nCREATED='1'\n");
  });

  test("that is damaged is not mounted", { timeout: SLOW }, () => {
    host.standIn("e2fsck", "exit 4");
    expect(last()).toContain("is damaged (e2fsck: 4); take a snapshot of vol-0123456789abcdef0 first");
    expect(host.calls("mount")).toEqual([]);
  });

  test("grows with its volume", { timeout: SLOW }, () => {
    fs.truncateSync(disk, 512 * MIB);
    expect(run().lines).toContain("data-volume: growing the file system to the size of the volume");
    const blocks = execFileSync("dumpe2fs", ["-h", disk], {
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    expect(Number(/Block count: +(\d+)/.exec(blocks)?.[1]) * Number(/Block size: +(\d+)/.exec(blocks)?.[1])).toBe(
      512 * MIB,
    );
  });
});
