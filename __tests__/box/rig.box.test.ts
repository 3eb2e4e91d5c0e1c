/** The rig itself: a box boots under systemd, runs containers, and leaves nothing behind. */
import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { webrana } from "../../apps/webrana";
import { ASSETS_MS, type Machine, openMachine } from "./rig/machine";

describe("the box", () => {
  let machine: Machine;

  beforeAll(async () => {
    machine = await openMachine("rig", webrana.input, { mebibytes: 256 });
    machine.box.place("/var/lib/rehearsal/user-data-done", "");
    await machine.box.boot();
  }, ASSETS_MS);
  afterAll(() => machine?.close());

  test("systemd, Docker and Compose run in it", { timeout: 120_000 }, async () => {
    await machine.box.waitFor("systemctl is-active docker", 60);
    await machine.box.run("systemctl is-system-running --wait");
    expect(await machine.box.must("systemctl list-units --failed --plain --no-legend")).toBe("");
    expect(await machine.box.must("docker compose version --short")).toMatch(/^2\./);
    expect(await machine.box.must("docker image ls --format '{{.Repository}}:{{.Tag}}'")).toContain("caddy:2.10.2");
    expect(await machine.box.must("docker run --rm --network none --memory 64m caddy:2.10.2 caddy version")).toContain(
      "2.10.2",
    );
  });

  test("it reaches the bucket with the role's keys, and nothing else", async () => {
    await machine.box.must("snap install aws-cli --classic");
    expect(await machine.box.must(`aws s3 ls s3://${machine.cloud.bucket}/host/`)).toContain("compose.yaml");
    expect((await machine.box.run("curl -sS --max-time 2 http://198.51.100.1/")).code).not.toBe(0);
  });

  test("names lead to it, and a certificate authority is at hand", { timeout: 60_000 }, async () => {
    expect(await machine.box.must("getent ahostsv4 webrana.id | head -1")).toContain("192.0.2.1");
    const directory = "https://acme-v02.api.letsencrypt.org/directory";
    await machine.box.waitFor(`curl -fsS ${directory}`, 20);
    expect(await machine.box.must(`curl -fsS ${directory}`)).toContain("newOrder");
    expect(await machine.box.must(`docker run --rm caddy:2.10.2 curl -fsS ${directory}`)).toContain("newOrder");
  });

  test("it has the disk under its id", async () => {
    expect(await machine.box.must("readlink -f /dev/disk/by-id/*")).toBe("/dev/nvme1n1");
    expect(await machine.box.must("blockdev --getsize64 /dev/nvme1n1")).toBe(String(256 * 1024 * 1024));
  });

  test("it survives a reboot and a loss of power", { timeout: 120_000 }, async () => {
    await machine.box.must("echo kept > /root/mark && sync");
    await machine.box.reboot();
    expect(await machine.box.must("cat /root/mark")).toBe("kept");
    await machine.box.kill();
    await machine.box.boot();
    expect(await machine.box.must("cat /root/mark")).toBe("kept");
  });

  test("it leaves neither a mount nor a cgroup behind", async () => {
    await machine.box.destroy();
    expect(execFileSync("cat", ["/proc/mounts"], { encoding: "utf8" })).not.toContain(".cache/boxes");
    expect(
      execFileSync("find", ["/sys/fs/cgroup", "-maxdepth", "2", "-name", "rehearsal-rig-*"], { encoding: "utf8" }),
    ).toBe("");
  });
});
