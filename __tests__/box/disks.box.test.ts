/** The data volume in trouble: foreign, half formatted, of another stack, missing. Nothing is formatted that is not blank, nothing runs without it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AppInput } from "../../modules/spec";
import { ASSETS_MS, type Machine, openMachine } from "./rig/machine";

/** A database and nothing else that takes time. */
const app: AppInput = {
  name: "disks",
  region: "ap-southeast-1",
  services: { api: { image: { reference: "rehearsal/app:1" }, port: 8080 } },
  stacks: { mvp: { id: "disks" } },
  observability: { logs: "local" },
};
const UNIT = "disks-data.service";
const MIB = 1 << 20;

describe("the data volume", () => {
  let machine: Machine;

  beforeAll(async () => {
    machine = await openMachine("disks", app, { stack: "disks", mebibytes: 512 });
    // The host waits five minutes for a volume that is being attached.
    machine.box.place(`/etc/systemd/system/${UNIT}.d/rehearsal.conf`, "[Service]\nEnvironment=DATA_WAIT_SECONDS=6\n");
    machine.volume.run("mkfs.ext4", "-q", "-F", "-L", "photos");
  }, ASSETS_MS);
  afterAll(() => machine?.close());

  const sql = (statement: string) => `docker exec disks-postgres psql -U postgres -XAtc "${statement}"`;

  /** The disk's bytes, before and after a start that must fail; and what the start said. */
  async function refusal(): Promise<string> {
    const { box, volume } = machine;
    const before = volume.head(64 * MIB);
    await box.must("journalctl --rotate && journalctl --vacuum-time=1s");
    expect((await box.run(`systemctl restart ${UNIT}`)).code).not.toBe(0);
    await expectNothingRuns();
    expect(volume.head(64 * MIB).equals(before)).toBe(true);
    return box.journal(UNIT);
  }

  async function expectNothingRuns(): Promise<void> {
    const { box } = machine;
    expect((await box.run("docker ps")).code).not.toBe(0);
    expect((await box.run("pgrep --full bin/postgres")).stdout).toBe("");
    expect((await box.run("findmnt /opt/disks/data")).code).not.toBe(0);
    expect(await box.must("find /opt/disks/data -mindepth 1 | head -1")).toBe("");
  }

  test(
    "with another file system on it the first boot stops, and leaves it as it is",
    { timeout: 240_000 },
    async () => {
      const before = machine.volume.head(64 * MIB);
      await machine.box.boot();
      expect(await machine.firstBoot()).toContain('a file system of type ext4 named "photos"');
      await expectNothingRuns();
      expect(machine.volume.head(64 * MIB).equals(before)).toBe(true);
    },
  );

  test("a formatting that was cut short is not taken for a blank disk", { timeout: 60_000 }, async () => {
    // mkfs writes the description at the start last of all.
    machine.volume.write(0, Buffer.alloc(8192));
    expect(await refusal()).toContain("is not blank");
  });

  test("nor are a few unknown bytes", { timeout: 60_000 }, async () => {
    machine.volume.wipe();
    machine.volume.write(3 * MIB, Buffer.from("something"));
    expect(await refusal()).toContain("data that is no known file system");
  });

  test("nor is another stack's volume", { timeout: 60_000 }, async () => {
    const { volume, box } = machine;
    volume.wipe();
    volume.run("mkfs.ext4", "-q", "-F", "-L", "tierstack-data");
    await box.must(
      "mount /dev/nvme1n1 /mnt && mkdir /mnt/.tierstack && echo \"STACK_NAME='shop-mvp'\" > /mnt/.tierstack/volume && umount /mnt",
    );
    expect(await refusal()).toContain("belongs to the stack shop-mvp, this is disks-mvp");
  });

  test("a blank disk is formatted and the host goes on from where it stood", { timeout: 240_000 }, async () => {
    machine.volume.wipe();
    await machine.box.must("bash /opt/disks/bootstrap.sh", { seconds: 200 });
    expect(await machine.box.must(sql("CREATE TABLE kept AS SELECT 1 AS id"))).toBe("SELECT 1");
  });

  test("a reboot without the disk starts nothing and says why", { timeout: 240_000 }, async () => {
    const { box } = machine;
    await box.powerOff();
    box.attach(undefined);
    await box.boot();
    await box.waitFor(`systemctl is-failed ${UNIT}`, 60);
    await expectNothingRuns();
    expect(await box.journal(UNIT)).toContain("is not attached");
    expect((await box.run("/opt/disks/bin/status")).stdout).toContain("the data volume is not mounted");
    expect((await box.run("touch /opt/disks/data/file")).code).not.toBe(0);
  });

  test("with the disk everything is back", { timeout: 240_000 }, async () => {
    const { box, volume } = machine;
    await box.powerOff();
    box.attach(volume);
    await box.boot();
    await box.waitFor(sql("SELECT id FROM kept"), 180);
    expect(await box.must(sql("SELECT id FROM kept"))).toBe("1");
  });

  test("a volume that has grown is used as a whole", { timeout: 240_000 }, async () => {
    const { box, volume } = machine;
    await box.powerOff();
    volume.grow(1024);
    await box.boot();
    await box.waitFor("findmnt /opt/disks/data", 60);
    expect(Number(await box.must("df --output=size --block-size=1M /opt/disks/data | tail -1"))).toBeGreaterThan(900);
    await box.waitFor(sql("SELECT id FROM kept"), 180);
  });
});
