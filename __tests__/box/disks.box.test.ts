/** The data volume in trouble: missing, foreign, half formatted. The host never formats what is not blank and never starts without it. */
import { afterEach, describe, expect, test } from "vitest";
import type { AppInput } from "../../modules/spec";
import { ASSETS_MS, type Machine, openMachine } from "./rig/machine";

/** A database and nothing else that takes time. */
const app: AppInput = {
  name: "disks",
  region: "ap-southeast-1",
  services: {
    api: { image: { reference: "rehearsal/app:1" }, port: 8080, healthCheck: { path: "/health", intervalSeconds: 5 } },
  },
  stacks: { mvp: { id: "disks" } },
  observability: { logs: "local" },
};
const DATA_UNIT = "disks-data.service";

describe("the data volume", () => {
  let machine: Machine | undefined;
  afterEach(async () => {
    await machine?.close();
    machine = undefined;
  });

  async function open(name: string): Promise<Machine> {
    machine = await openMachine(name, app, { stack: "disks", mebibytes: 512 });
    return machine;
  }

  /** Waits until user data has ended and answers what it said. */
  async function firstBoot({ box }: Machine): Promise<string> {
    await box.boot();
    await box.waitFor(
      'test -e /var/lib/rehearsal/user-data-done && [[ "$(systemctl show --property=ActiveState --value rehearsal-user-data)" =~ ^(inactive|failed)$ ]]',
      240,
    );
    return box.journal("rehearsal-user-data.service");
  }

  async function expectNothingRuns({ box }: Machine): Promise<void> {
    expect((await box.run("docker ps")).code).not.toBe(0);
    expect((await box.run("pgrep --full bin/postgres")).stdout).toBe("");
    expect((await box.run("findmnt /opt/disks/data")).code).not.toBe(0);
    expect(await box.must("find /opt/disks/data -mindepth 1 | head -1")).toBe("");
  }

  test(
    "a reboot without it starts nothing and says why; with it everything is back",
    { timeout: ASSETS_MS },
    async () => {
      const { box, volume } = await open("missing");
      expect(await firstBoot(machine!)).toContain("done: disks-mvp is up");
      await box.must("docker exec disks-postgres psql -U postgres -c 'CREATE TABLE kept (id int)'");
      await box.powerOff();

      box.attach(undefined);
      await box.boot();
      await box.waitFor(`systemctl is-failed ${DATA_UNIT}`, 300);
      await expectNothingRuns(machine!);
      expect(await box.journal(DATA_UNIT)).toMatch(/vol.* (is not attached|did not appear)/);
      expect((await box.run("/opt/disks/bin/status")).stdout).toContain("data volume");
      await box.powerOff();

      box.attach(volume);
      await box.boot();
      await box.waitFor("docker exec disks-postgres psql -U postgres -XAtc 'SELECT count(*) FROM kept'", 120);
    },
  );

  test("a disk with another file system is left as it is", { timeout: ASSETS_MS }, async () => {
    const { volume } = await open("foreign");
    volume.run("mkfs.ext4", "-q", "-L", "photos");
    const before = volume.head(8 << 20);
    expect(await firstBoot(machine!)).toContain("photos");
    await expectNothingRuns(machine!);
    expect(volume.head(8 << 20).equals(before)).toBe(true);
  });

  test("a disk with unknown bytes is left as it is", { timeout: ASSETS_MS }, async () => {
    const { volume } = await open("unknown");
    volume.write(3 << 20, Buffer.alloc(4096, 0x5a));
    const before = volume.head(8 << 20);
    expect(await firstBoot(machine!)).toMatch(/not blank/);
    await expectNothingRuns(machine!);
    expect(volume.head(8 << 20).equals(before)).toBe(true);
  });

  test("a disk on which a first formatting was cut short is left as it is", { timeout: ASSETS_MS }, async () => {
    const { volume } = await open("half");
    volume.run("mkfs.ext4", "-q", "-L", "disks-data");
    // mkfs writes the superblock last: without it, this is what an interrupted one leaves.
    volume.write(0, Buffer.alloc(4096));
    const before = volume.head(8 << 20);
    expect(await firstBoot(machine!)).toMatch(/not blank|superblock/);
    await expectNothingRuns(machine!);
    expect(volume.head(8 << 20).equals(before)).toBe(true);
  });
});
