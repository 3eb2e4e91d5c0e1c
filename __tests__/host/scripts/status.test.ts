import * as fs from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ScriptHost } from "../../helpers/script-host";

let host: ScriptHost;
beforeEach(() => {
  host = new ScriptHost();
  host.standIn("docker", 'case "$*" in *State.Status*) echo "running healthy" ;; *) echo "image:1" ;; esac');
  host.standIn("systemctl", '[[ "$*" == *--quiet* ]] || echo active');
  host.standIn(
    "df",
    'if [[ "$*" == *block-size=1* ]]; then echo; echo " 42% 8000000000"; else echo; echo " 42% 7.5G"; fi',
  );
  host.write("opt/shop/images.env", "IMAGE_API='api:1'\n");
  host.write("opt/shop/data/.tierstack/last-backup", `${Math.floor(Date.now() / 1000) - 3700}\n`);
});
afterEach(() => host.remove());

interface Status {
  stack: string;
  services: { name: string; state: string; image: string; released: string }[];
  disks: object[];
  units: object[];
  backup: { lastSeconds: number | null; lastDrillSeconds: number | null };
  maintenance: boolean;
  rebootDue: boolean;
  missing: string[];
}
const status = () => {
  const run = host.run("bin/status", "--json");
  return { code: run.status, status: JSON.parse(run.stdout) as Status };
};

describe("status for programs", () => {
  test("says everything that the text says", () => {
    const { code, status: found } = status();
    const { backup, ...rest } = found;
    const ours = { state: "running healthy", image: "image:1" };
    expect(rest).toEqual({
      stack: "shop-mvp",
      services: [
        { name: "postgres", ...ours, released: "" },
        { name: "cache", ...ours, released: "" },
        { name: "proxy", ...ours, released: "" },
        { name: "api", ...ours, released: "api:1" },
        { name: "web", state: "not released", image: "", released: "" },
      ],
      disks: [
        { mount: host.dataDir, usedPercent: 42, sizeBytes: 8_000_000_000 },
        { mount: "/", usedPercent: 42, sizeBytes: 8_000_000_000 },
      ],
      units: ["shop-data", "docker", "shop-secrets", "shop-images", "shop"].map((name) => ({ name, state: "active" })),
      maintenance: false,
      rebootDue: false,
      missing: [`web has no released image: release one, then run: ${host.appDir}/bin/update`],
    });
    expect(backup.lastSeconds).toBeGreaterThanOrEqual(3700);
    expect(backup.lastDrillSeconds).toBeNull();
    expect(code).toBe(1);
  });

  test("ends with 0 when nothing is missing", () => {
    host.write("opt/shop/images.env", "IMAGE_API='api:1'\nIMAGE_WEB='web:1'\n");
    expect(status()).toMatchObject({ code: 0, status: { missing: [] } });
  });

  test("is whole while the volume is away and the engine is off, which is not asked", () => {
    host.standIn("mountpoint", "exit 1");
    host.standIn("systemctl", '[[ "$*" != *--quiet* ]] || exit 3; echo inactive');
    host.write("run/reboot-required", "");
    const { code, status: found } = status();
    expect(found).toMatchObject({ services: [], disks: [{ mount: "/" }], rebootDue: true });
    expect(found.missing).toContain("the data volume is not mounted: journalctl -u shop-data");
    expect(code).toBe(1);
    expect(host.calls("docker")).toEqual([]);
  });

  test("tells of a closed app, as the text does", () => {
    host.write("opt/shop/data/maintenance/index.html", "<p>x</p>");
    host.write("opt/shop/data/maintenance/message", "back at noon\n");
    expect(status().status.maintenance).toBe(true);
    expect(host.run("bin/status").stdout).toContain("  maintenance      on: back at noon\n");
    fs.rmSync(`${host.dataDir}/maintenance/index.html`);
    expect(host.run("bin/status").stdout).not.toContain("maintenance");
  });
});
