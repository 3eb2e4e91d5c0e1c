/**
 * A host that differs from the default app's: Amazon Linux, no proxy, little memory; and a first boot in which much goes wrong:
 * no S3, half a configuration, a damaged download, a service that never gets healthy.
 */
import { createHash } from "node:crypto";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AppInput } from "../../modules/spec";
import { placeAmazonLinux } from "./rig/amazon-linux";
import { ASSETS_MS, type Machine, openMachine } from "./rig/machine";

const healthCheck = { intervalSeconds: 5, timeoutSeconds: 3, graceSeconds: 10 };
const app: AppInput = {
  name: "small",
  region: "ap-southeast-1",
  services: {
    api: { image: { reference: "ghcr.io/small/api:1" }, port: 8080, hostPort: 8081, healthCheck },
    reports: {
      image: { reference: "ghcr.io/small/reports:1" },
      port: 8080,
      healthCheck,
      database: "reports",
    },
    unwell: { image: { reference: "ghcr.io/small/unwell:1" }, port: 8080, healthCheck, connects: [] },
  },
  database: { databases: ["reports", "archive"] },
  ingress: { proxy: "none", directCidrs: ["198.51.100.0/24"] },
  host: { os: "amazon-linux-2023" },
  stacks: { mvp: { id: "small" } },
  observability: { logs: "local" },
};
const UNIT = "rehearsal-user-data.service";
const PLUGIN = "/usr/local/lib/docker/cli-plugins/docker-compose";
/** The release that the archive of the box has. */
const DEBIANS_PLUGIN = "/usr/libexec/docker/cli-plugins/docker-compose";

describe("a small host with Amazon Linux", () => {
  let machine: Machine;
  const box = () => machine.box;
  const said = (words: string) => box().waitFor(`journalctl --output=cat --unit=${UNIT} | grep -F '${words}'`, 60);
  const put = (path: string, text: string) =>
    machine.cloud.s3.send(new PutObjectCommand({ Bucket: machine.cloud.bucket, Key: `host/${path}`, Body: text }));
  const sql = (role: string, database: string, statement: string) =>
    box().run(
      `docker exec small-postgres psql -XAtq postgresql://${role}:$(cat /run/small/secrets/${role === "small" ? "" : `${role.toUpperCase()}_`}DB_PASSWORD)@127.0.0.1/${database} -c "${statement}"`,
    );

  beforeAll(async () => {
    machine = await openMachine("variants", app, { stack: "small", mebibytes: 768 });
    for (const service of ["api", "reports"]) await machine.cloud.release(service, "rehearsal/app:1");
    await machine.cloud.release("unwell", "rehearsal/app:sick");
    placeAmazonLinux(box());
    machine.cloud.socket.rule = ({ service }) => (service === "s3" ? { answer: { status: 503, body: "" } } : undefined);
    await box().boot();
  }, ASSETS_MS);
  afterAll(() => machine?.close());

  test("while S3 does not answer, the first boot waits", { timeout: 120_000 }, async () => {
    await said(`loader: try 1 of 30: s3://${machine.cloud.bucket}/host/ could not be read`);
    expect((await box().run("ls /opt/small/bootstrap.sh")).code).not.toBe(0);
  });

  test("half a configuration is not taken, a whole one is", { timeout: 240_000 }, async () => {
    await put("compose.yaml", "name: half\n");
    machine.cloud.socket.rule = undefined;
    await said(`the files of s3://${machine.cloud.bucket}/host/ do not belong together`);
    expect((await box().run("ls /opt/small/compose.yaml")).code).not.toBe(0);
    await machine.cloud.publish();
    await said("bootstrap.sh: ");
  });

  test("a download that is not the pinned release is not installed", { timeout: 240_000 }, async () => {
    const journal = await machine.firstBoot();
    expect(journal).toContain("what GitHub sent for Compose 5.1.0 is not the pinned release; nothing was installed");
    expect(await box().must("ls -A $(dirname /usr/local/lib/docker/cli-plugins/x)")).toBe("");
    expect((await box().run("systemctl is-active small-data")).stdout).not.toBe("active\n");
  });

  test("with the release whose checksum is known everything that can run runs", { timeout: 300_000 }, async () => {
    await knowDebiansPlugin();
    const { code, stderr } = await box().run("/opt/small/bin/update --config", {
      seconds: 250,
    });
    expect(code).not.toBe(0);
    expect(stderr).toContain("unwell is running unhealthy");
    expect(await box().must(`sha256sum < ${PLUGIN}`)).toBe(await box().must(`sha256sum < ${DEBIANS_PLUGIN}`));
    expect(await box().must("cat /var/log/rehearsal-packages.log")).toContain(
      "dnf install ca-certificates dnf-automatic docker",
    );
    expect(await box().must("cat /etc/dnf/vars/releasever")).toBe("latest");
    expect(await box().must("systemctl is-active dnf-automatic.timer")).toBe("active");
    for (const service of ["postgres", "api", "reports"]) {
      expect(await box().must(`docker inspect --format '{{.State.Health.Status}}' small-${service}`), service).toBe(
        "healthy",
      );
    }
  });

  test("status says what is unwell, and backups run all the same", { timeout: 200_000 }, async () => {
    const { code, stdout } = await box().run("/opt/small/bin/status");
    expect(code).toBe(1);
    expect(stdout).toContain("unwell is running unhealthy: /opt/small/bin/logs unwell");
    expect(await box().must("systemctl is-active small-backup.timer small-drill.timer small-metrics.timer")).toBe(
      "active\nactive\nactive",
    );
    await box().must("systemctl start small-backup.service", { seconds: 180 });
    expect(await machine.cloud.versions("backups/manifest.json")).toHaveLength(1);
  });

  test("without a proxy nothing listens for the web", async () => {
    expect(await box().must("ss --listening --tcp --numeric --no-header 'sport = :80 or sport = :443'")).toBe("");
    expect(await box().must("curl -fsS http://192.0.2.1:8081/")).toContain('"version"');
  });

  test("a service's own database has a role of its own, the others the app's", { timeout: 60_000 }, async () => {
    const owners =
      "SELECT datname, datdba::regrole FROM pg_database WHERE datname IN ('small','reports','archive') ORDER BY 1";
    expect(await box().must(`docker exec small-postgres psql -U postgres -XAtc "${owners}"`)).toBe(
      "archive|small\nreports|reports\nsmall|small",
    );
    expect(await box().must("docker exec small-reports printenv DB_NAME DB_USER")).toBe("reports\nreports");
    expect((await sql("reports", "reports", "SELECT 1")).stdout).toBe("1\n");
    expect((await sql("small", "archive", "SELECT 1")).stdout).toBe("1\n");
    expect((await sql("reports", "small", "SELECT 1")).stderr).toContain("permission denied for database");
    expect((await sql("small", "reports", "SELECT 1")).stderr).toContain("permission denied for database");
  });

  describe("swap", () => {
    /** Says that the host has 2 GiB of memory. */
    const swap = () =>
      box().run(
        "unshare --mount bash -c 'echo \"MemTotal: 2000000 kB\" > /run/meminfo && mount --bind /run/meminfo /proc/meminfo && /opt/small/libexec/swap'",
      );

    test("a host that cannot swap runs without, and keeps its disk", { timeout: 60_000 }, async () => {
      const { code, stderr } = await swap();
      expect(code).toBe(0);
      expect(stderr).toContain("could not be given swap; it runs without");
      expect(await box().must("ls / | grep swap || true")).toBe("");
    });

    test("one that can has a file that is root's alone, now and after a reboot", { timeout: 60_000 }, async () => {
      // The kernel refuses to swap to the box's disk.
      await box().must("printf '#!/bin/sh\\n' > /usr/local/sbin/swapon && chmod +x /usr/local/sbin/swapon");
      for (const _ of [1, 2]) expect((await swap()).stderr).toContain("2048 MiB of swap");
      expect(await box().must("stat --format '%a %U %s' /swapfile")).toBe(`600 root ${2048 * 1024 * 1024}`);
      expect(await box().must("blkid --probe --match-tag TYPE --output value /swapfile")).toBe("swap");
      expect(await box().must("grep swapfile /etc/fstab")).toBe("/swapfile none swap sw,nofail 0 0");
      await box().must("rm /swapfile /usr/local/sbin/swapon");
    });
  });

  /** Puts the checksum of the plugin that is at hand in the place of the release's, as a newer configuration does. */
  async function knowDebiansPlugin(): Promise<void> {
    const sum = (await box().must(`sha256sum < ${DEBIANS_PLUGIN}`)).slice(0, 64);
    const sums = `${sum}  5.1.0  linux-${await box().must("uname --machine")}\n`;
    const list = await machine.cloud.object("host/files.md5");
    await put("etc/compose-plugin.sha256", sums);
    await put(
      "files.md5",
      list.replace(/^[0-9a-f]{32}(?= {2}etc\/compose-plugin\.sha256$)/m, createHash("md5").update(sums).digest("hex")),
    );
    await box().must(`cp ${DEBIANS_PLUGIN} /var/lib/rehearsal/download`);
  }
});
