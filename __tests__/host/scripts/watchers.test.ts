import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { spawn } from "node:child_process";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { HOST_DIMENSIONS, HOST_METRICS, HOST_MOUNTS } from "../../../modules/observability/host-metrics";
import { ScriptHost } from "../../helpers/script-host";

let host: ScriptHost;
beforeEach(() => {
  host = new ScriptHost({ host: { spot: true } });
});
afterEach(() => host.remove());

const MEMORY = "MemTotal:        4000000 kB\nMemFree:          100000 kB\nMemAvailable:    1000000 kB\n";

describe("metrics", () => {
  type Metric = { MetricName: string; Value: number; Unit: string; Dimensions: { Name: string; Value: string }[] };
  const sent = () => {
    const [call, ...more] = host.calls("aws");
    expect(more).toEqual([]);
    expect(call).toContain("cloudwatch put-metric-data --namespace shop/mvp --metric-data ");
    return JSON.parse(call?.slice(call.indexOf("[")) ?? "") as Metric[];
  };
  const named = (metrics: Metric[]) =>
    metrics.map(({ MetricName, Dimensions }) => `${MetricName} ${Dimensions.map(({ Value }) => Value).join(" ")}`);

  beforeEach(() => {
    host.write("proc/meminfo", MEMORY);
    host.standIn("df", 'printf "Use%%\\n 42%%\\n"');
    host.write(
      "opt/shop/data/.tierstack/volume",
      `STACK_NAME='shop-mvp'\nCREATED='${Math.floor(Date.now() / 1000) - 7200}'\n`,
    );
  });

  test("one call with the names, units and dimensions that the alarms look for", () => {
    host.write("opt/shop/data/.tierstack/last-backup", `${Math.floor(Date.now() / 1000) - 60}\n`);
    expect(host.run("libexec/metrics").status).toBe(0);
    const metrics = sent();
    expect(named(metrics)).toEqual([
      `${HOST_METRICS.memoryUsed} shop-mvp`,
      ...HOST_MOUNTS.toReversed().map((mount) => `${HOST_METRICS.diskUsed} shop-mvp ${mount}`),
      `${HOST_METRICS.backupAge} shop-mvp`,
      `${HOST_METRICS.restoreDrillAge} shop-mvp`,
    ]);
    expect(metrics.map(({ Unit }) => Unit)).toEqual(["Percent", "Percent", "Percent", "Seconds", "Seconds"]);
    expect(metrics[2]?.Dimensions.map(({ Name }) => Name)).toEqual([HOST_DIMENSIONS.stack, HOST_DIMENSIONS.mount]);
    const [memory, root, , backup, drill] = metrics.map(({ Value }) => Value);
    expect([memory, root]).toEqual([75, 42]);
    expect(backup).toBeGreaterThanOrEqual(60);
    expect(backup).toBeLessThan(120);
    // There was no drill yet: since the volume was set up.
    expect(drill).toBeGreaterThanOrEqual(7200);
  });

  test("without the data volume its values are left out, not taken from the root disk", () => {
    host.standIn("mountpoint", "exit 1");
    expect(host.run("libexec/metrics").status).toBe(0);
    expect(named(sent())).toEqual([`${HOST_METRICS.memoryUsed} shop-mvp`, `${HOST_METRICS.diskUsed} shop-mvp root`]);
  });

  test("a clock that was set back gives no negative age", () => {
    host.write("opt/shop/data/.tierstack/last-backup", `${Math.floor(Date.now() / 1000) + 9999}\n`);
    host.run("libexec/metrics");
    expect(sent().find(({ MetricName }) => MetricName === HOST_METRICS.backupAge)?.Value).toBe(0);
  });
});

describe("swap", () => {
  beforeEach(() => {
    host.write("proc/meminfo", "MemTotal: 1900000 kB\n");
    host.write("proc/swaps", "Filename Type Size Used Priority\n");
    host.write("etc/fstab", "LABEL=root / ext4 defaults 0 1\n");
    host.standIn("fallocate", 'touch "${@: -1}"');
    host.standIn("mkswap", "");
  });

  test("a small host gets it, also after a reboot; once", () => {
    expect(host.run("libexec/swap").lines).toEqual(["swap: 2048 MiB of swap beside 1855 MiB of memory"]);
    expect(host.calls("fallocate")).toEqual([`fallocate --length 2048MiB ${host.root}/swapfile.new`]);
    expect(host.read("etc/fstab")).toContain(`\n${host.root}/swapfile none swap sw,nofail 0 0\n`);
    host.write("proc/swaps", `Filename Type Size Used Priority\n${host.root}/swapfile file 2097148 0 -2\n`);
    host.forget();
    expect(host.run("libexec/swap").status).toBe(0);
    expect(host.calls()).toEqual([]);
  });

  test("a host with 4 GiB gets none", () => {
    host.write("proc/meminfo", "MemTotal: 3900000 kB\n");
    expect(host.run("libexec/swap").status).toBe(0);
    expect(host.calls()).toEqual([]);
  });

  test("a host that cannot swap goes on without", () => {
    host.standIn("swapon", "exit 1");
    expect(host.run("libexec/swap")).toMatchObject({ status: 0, lines: [expect.stringContaining("it runs without")] });
    expect(host.has("swapfile")).toBe(false);
    expect(host.read("etc/fstab")).not.toContain("swapfile");
  });
});

describe("the watcher of a Spot instance", () => {
  let server: Server;
  let notice: string | undefined;
  const asked: string[] = [];

  beforeEach(async () => {
    notice = undefined;
    asked.length = 0;
    server = createServer((request, response) => {
      const { method, url = "", headers } = request;
      asked.push(`${method} ${url} ${String(headers["x-aws-ec2-metadata-token"] ?? "-")}`);
      if (method === "PUT" && url === "/latest/api/token") return response.end("a-token");
      if (headers["x-aws-ec2-metadata-token"] !== "a-token") response.statusCode = 401;
      else if (url === "/latest/meta-data/spot/instance-action" && notice !== undefined) return response.end(notice);
      else response.statusCode = 404;
      return response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    host.standIn("curl", 'exec /usr/bin/curl "$@"');
    // The wait after the end would be long; the waits between two questions are short.
    host.standIn("sleep", "if (($1 > 100)); then exit 0; fi; exec /usr/bin/sleep 0.05");
    host.standIn("mountpoint", "");
  });
  afterEach(() => server.close());

  function watch(): Promise<string> {
    const child = spawn("/bin/bash", [path.join(host.appDir, "libexec/spot-watcher")], {
      env: {
        PATH: `${host.root}/stand-ins:/usr/bin:/bin:/usr/sbin`,
        AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      },
    });
    let said = "";
    child.stderr.on("data", (text: Buffer) => (said += text.toString()));
    return new Promise((resolve) => child.on("exit", () => resolve(said)));
  }

  test("asks with a token until the notice comes; then services, checkpoint, data, disk, in this order", async () => {
    setTimeout(() => (notice = '{"action": "stop", "time": "2026-11-21T17:02:00Z"}'), 300);
    const said = await watch();
    expect(said).toContain('EC2 takes this instance away: {"action": "stop", "time": "2026-11-21T17:02:00Z"}');
    expect(said).toContain("the data volume is free");
    const steps = host.calls().filter((call) => /^(docker|sync|umount)/.test(call));
    // A release that goes back meanwhile starts nothing.
    expect(host.has("run/shop/stopping")).toBe(true);
    expect(steps).toEqual([
      "docker stop --time 20 shop-api shop-web shop-proxy",
      "docker exec shop-postgres psql --username=postgres --quiet --command=CHECKPOINT",
      "docker stop --time 40 shop-postgres shop-cache",
      "sync ",
      `umount ${host.dataDir}`,
    ]);
    expect(asked.filter((line) => line.startsWith("PUT"))).toHaveLength(1);
    expect(asked.filter((line) => line.endsWith("instance-action a-token")).length).toBeGreaterThan(1);
  });

  test("a container that does not end in time does not hold up the rest", async () => {
    notice = '{"action": "stop"}';
    host.standIn("docker", "exit 1");
    host.standIn("umount", "exit 1");
    const said = await watch();
    expect(said).toContain("no checkpoint within 25 seconds");
    expect(said).toContain("the data volume is still in use");
    expect(host.calls("docker").at(-1)).toBe("docker stop --time 40 shop-postgres shop-cache");
  });
});
