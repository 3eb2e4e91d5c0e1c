import { expect, test } from "vitest";
import { apps } from "../../apps";
import { webrana } from "../../apps/webrana";
import { formatProblem, resolveApps } from "../../modules/spec";
import { neededMemoryMiB } from "../../modules/spec/memory";
import { appSchema } from "../../modules/spec/schema";

const TODAY = { today: "2026-11-21" };
const { stacks, warnings } = resolveApps([webrana], TODAY);
const [mvp] = stacks;

test("every app of the repository is right", () => {
  expect(resolveApps(apps, TODAY).problems.map(formatProblem)).toEqual([]);
});

test("the default app's stack is called mvp", () => {
  expect(mvp).toMatchObject({ id: "mvp", tier: "mvp" });
  expect(mvp?.app).toMatchObject({ name: "webrana", region: "ap-southeast-1", environment: "production" });
});

test("backend and frontend are reached under their names", () => {
  const routes = Object.entries(mvp?.app.services ?? {}).map(([name, { port, route }]) => [name, port, route?.hosts]);
  expect(routes).toEqual([
    ["backend", 8080, ["api.webrana.id"]],
    ["frontend", 3000, ["webrana.id"]],
  ]);
});

test("images are built from the app's Dockerfiles", () => {
  expect(mvp?.app.services.backend?.image).toEqual({
    build: { context: ".", dockerfile: "infrastructure/docker/Dockerfile.backend" },
  });
  expect(mvp?.app.services.frontend?.image).toEqual({
    build: { context: ".", dockerfile: "infrastructure/docker/Dockerfile.frontend" },
  });
});

test("only the backend reaches the data", () => {
  expect(mvp?.app.services.backend?.connects).toEqual(["database", "cache"]);
  expect(mvp?.app.services.frontend?.connects).toEqual([]);
});

test("secrets have the lengths and encodings that the app expects, and keys travel", () => {
  expect(mvp?.app.secrets).toMatchObject({
    DB_PASSWORD: { bytes: 24, encoding: "base64url", carry: false },
    MASTER_ENCRYPTION_KEY: { bytes: 32, encoding: "base64", carry: true },
    JWT_SECRET: { bytes: 64, encoding: "base64", carry: true },
    POSTGRES_PASSWORD: { carry: false },
  });
});

test("the host is a t3.medium with Ubuntu, 30 GiB of data and no SSH", () => {
  expect(mvp?.app.host).toMatchObject({
    instanceType: "t3.medium",
    os: "ubuntu-24.04",
    dataGiB: 30,
    appDir: "/opt/webrana",
    sshCidrs: [],
    spot: false,
  });
  expect(mvp?.app.host.keyName).toBeUndefined();
  expect(mvp?.app.database).toMatchObject({ name: "webrana", user: "webrana", major: 17 });
  expect(mvp?.app.ingress).toMatchObject({ proxy: "caddy", tls: true, origin: "cloudflare" });
});

test("a quarter of the host's memory stays free", () => {
  const app = appSchema.parse(apps[0]?.input);
  expect(neededMemoryMiB(app)).toBe(1024 + 512 + 1024 + 320 + 128 + 256);
});

test("the one warning is that nobody hears the alarms yet", () => {
  expect(warnings.map(({ stack, path }) => [stack, path])).toEqual([["mvp", "observability.emails"]]);
});
