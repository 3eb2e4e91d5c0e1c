/** The rig itself: a box boots under systemd, runs containers, and leaves nothing behind. */
import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { webrana } from "../../apps/webrana";
import type { AppInput } from "../../modules/spec";
import { boxAssets } from "./rig/assets";
import { Box } from "./rig/box";
import { Cloud } from "./rig/cloud";
import { Volume } from "./rig/volume";

describe("the box", () => {
  let cloud: Cloud;
  let box: Box;
  let volume: Volume;

  beforeAll(async () => {
    const assets = await boxAssets();
    cloud = await Cloud.deploy("rig", webrana.input as AppInput, "mvp");
    volume = Volume.create("rig", cloud.volumeId, 256);
    box = new Box("rig", { ...assets, shared: cloud.shared });
    box.attach(volume);
    await box.boot();
  }, 900_000);
  afterAll(async () => {
    await box?.destroy();
    volume?.destroy();
    await cloud?.close();
  });

  test("systemd, Docker and Compose run in it", { timeout: 120_000 }, async () => {
    await box.waitFor("systemctl is-active docker", 60);
    await box.run("systemctl is-system-running --wait");
    expect(await box.must("systemctl list-units --failed --plain --no-legend")).toBe("");
    expect(await box.must("docker compose version --short")).toMatch(/^2\./);
    expect(await box.must("docker image ls --format '{{.Repository}}:{{.Tag}}'")).toContain("caddy:2.10.2");
    expect(await box.must("docker run --rm --network none --memory 64m caddy:2.10.2 caddy version")).toContain(
      "2.10.2",
    );
  });

  test("it reaches the bucket with the role's keys, and nothing else", async () => {
    await box.must("snap install aws-cli --classic");
    expect(await box.must(`aws s3 ls s3://${cloud.bucket}/host/`)).toContain("compose.yaml");
    expect((await box.run("curl -sS --max-time 2 http://192.0.2.1/")).code).not.toBe(0);
  });

  test("it has the disk under its id", async () => {
    expect(await box.must("readlink -f /dev/disk/by-id/*")).toBe("/dev/nvme1n1");
    expect(await box.must("blockdev --getsize64 /dev/nvme1n1")).toBe(String(256 * 1024 * 1024));
  });

  test("it survives a reboot and a loss of power", { timeout: 120_000 }, async () => {
    await box.must("echo kept > /root/mark && sync");
    await box.reboot();
    expect(await box.must("cat /root/mark")).toBe("kept");
    await box.kill();
    await box.boot();
    expect(await box.must("cat /root/mark")).toBe("kept");
  });

  test("it leaves neither a mount nor a cgroup behind", async () => {
    await box.destroy();
    expect(execFileSync("cat", ["/proc/mounts"], { encoding: "utf8" })).not.toContain(".cache/boxes");
    expect(
      execFileSync("find", ["/sys/fs/cgroup", "-maxdepth", "2", "-name", "rehearsal-rig-*"], { encoding: "utf8" }),
    ).toBe("");
  });
});
