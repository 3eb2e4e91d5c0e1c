/**
 * The dashboard that ships, against a real Prometheus (Debian's) with the configuration that ships: each query of each panel
 * gives numbers when the app's exporter is asked. Only the app's address and the time between two questions are others.
 */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DASHBOARD } from "../../apps/fastapi/dashboard";
import { PROMETHEUS_CONFIG } from "../../apps/fastapi/prometheus";
import { ROOT } from "../helpers/folders";
import { madeOnce } from "../helpers/made-once";

interface Target {
  readonly expr: string;
}
const { panels } = JSON.parse(DASHBOARD) as { panels: { title: string; targets: Target[] }[] };
const QUERIES = panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const));

/** Debian's package, unpacked and not installed. */
async function programs(): Promise<string> {
  const folder = await madeOnce(path.join(ROOT, ".simulated", "prometheus"), (made) => {
    fs.mkdirSync(made);
    const script = `
      apt-get --quiet download prometheus || { apt-get --quiet update && apt-get --quiet download prometheus; }
      dpkg-deb --extract prometheus_*.deb .`;
    execFileSync("sh", ["-ec", script], { cwd: made, stdio: ["ignore", "ignore", "inherit"] });
    return Promise.resolve();
  });
  return path.join(folder, "usr", "bin");
}

/** What starlette-exporter answers after so many requests. */
function metrics(requests: number): string {
  const labels = 'app_name="starlette",method="GET",path="/items"';
  const duration = "starlette_request_duration_seconds";
  return [
    `starlette_requests_total{${labels},status_code="200"} ${requests}`,
    `${duration}_bucket{${labels},status_code="200",le="0.1"} ${requests / 2}`,
    `${duration}_bucket{${labels},status_code="200",le="+Inf"} ${requests}`,
    `${duration}_sum{${labels},status_code="200"} ${requests * 0.08}`,
    `${duration}_count{${labels},status_code="200"} ${requests}`,
    `starlette_requests_in_progress{app_name="starlette",method="GET"} 3`,
    "",
  ].join("\n");
}

let folder: string;
let prometheus: ChildProcess;
let address: string;
/** What happened to the app. */
const seen = { questions: 0 };
const app = http.createServer((_, response) => {
  seen.questions += 1;
  response.end(metrics(seen.questions * 10));
});

async function freePort(): Promise<number> {
  const server = http.createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answers(query: string): Promise<{ value: [number, string] }[]> {
  const response = await fetch(`${address}/api/v1/query?query=${encodeURIComponent(query)}`);
  const { status, data } = (await response.json()) as {
    status: string;
    data: { result: { value: [number, string] }[] };
  };
  expect(status).toBe("success");
  return data.result;
}

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "dashboard-"));
  await new Promise<void>((resolve) => void app.listen(0, "127.0.0.1", resolve));
  const target = `127.0.0.1:${(app.address() as AddressInfo).port}`;
  const config = path.join(folder, "prometheus.yml");
  fs.writeFileSync(config, PROMETHEUS_CONFIG.replace("app:8000", target).replace("15s", "1s"));
  const bin = await programs();
  execFileSync(path.join(bin, "promtool"), ["check", "config", config], { stdio: "ignore" });
  const listen = `127.0.0.1:${await freePort()}`;
  address = `http://${listen}`;
  prometheus = spawn(
    path.join(bin, "prometheus"),
    [`--config.file=${config}`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=${listen}`],
    { stdio: "ignore" },
  );
  // Rates need a few answers of the app.
  for (let tries = 0; seen.questions < 4; tries += 1) {
    if (tries > 240) throw new Error("Prometheus does not ask the app");
    await pause(250);
  }
}, 180_000);

afterAll(async () => {
  const ended = new Promise((resolve) => prometheus.once("exit", resolve));
  prometheus.kill();
  await ended;
  app.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

test("the app is asked where the shipped configuration says, as the job that the queries name", async () => {
  expect(PROMETHEUS_CONFIG).toContain('targets: ["app:8000"]');
  expect((await answers('up{job="fastapi"}')).map(({ value }) => value[1])).toEqual(["1"]);
});

test.each(QUERIES)("%s: %s gives a number", async (_title, expr) => {
  const series = await answers(expr);
  expect(series).not.toEqual([]);
  for (const { value } of series) expect(Number.isFinite(Number(value[1]))).toBe(true);
});

test("a query of a metric that nobody exports gives nothing", async () => {
  expect(await answers('rate(starlette_requests_failed{job="fastapi"}[1m])')).toEqual([]);
});
