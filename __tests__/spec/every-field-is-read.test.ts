import * as fs from "node:fs";
import * as path from "node:path";
import { App } from "cdktf";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AppInput, ciStacksOf, defineApp, formatProblem, resolveApps } from "../../modules/spec";
import { appSchema } from "../../modules/spec/schema";
import { type StackWithCi, workflowFiles } from "../../scripts/ci";
import { buildStack, CiStack } from "../../stacks";
import { readStacks } from "../helpers/shipped";
import { TEST_OUTPUT } from "../helpers/synth";
import { full, lean, small } from "../simulated/apps";
import { fieldsOf } from "./fields-of";
import { GROWTH_CHANGES } from "./growth-changes";

const inS3: AppInput = { ...small, state: { backend: "s3", bucket: "small-state", kmsKeyId: "alias/state" } };
const external: AppInput = {
  ...small,
  database: { mode: "external", urlSecret: "DATABASE_URL" },
};
const given: AppInput = {
  ...lean,
  network: { existing: { ...lean.network?.existing, routeTableId: "rtb-0a1b2c3d4e5f60718" } as never },
};
const valkey: AppInput = { ...small, cache: { mode: "own" } };
const withoutMail: AppInput = { ...full, ingress: { ...full.ingress, acmeEmail: undefined } };

export type Change = readonly [base: AppInput, at: string, value: unknown];

/** The workflows and the roles of CI read it. */
const released: AppInput = {
  ...full,
  ci: {
    github: {
      repository: "acme/full",
      ids: { owner: 583231, repository: 1296269 },
      defaultBranch: "main",
      environment: "production",
    },
    infrastructure: { repository: "acme/infrastructure", ref: "main", tokenSecret: "INFRASTRUCTURE_TOKEN" },
    setup: { python: "3.11", node: "22" },
    test: ["pytest"],
  },
};

/** For every field another valid value, and an app in which it matters: the synthesized JSON must differ. */
const CHANGES: Record<string, Change> = {
  ...GROWTH_CHANGES,
  "stacks.mvp.overrides": [small, "stacks.mvp.overrides", { host: { rootGiB: 21 } }],
  name: [small, "name", "smaller"],
  region: [small, "region", "eu-west-1"],
  environment: [small, "environment", "live"],
  "stacks.mvp": [small, "stacks.mvp", { id: "other" }],
  "stacks.mvp.id": [small, "stacks.mvp.id", "other"],
  "stacks.mvp.names.*": [full, "stacks.mvp.names.alarm_cpu", "another-name"],
  "stacks.mvp.outputAliases.*": [full, "stacks.mvp.outputAliases.apiBaseUrl", "public_ip"],
  "tags.*": [full, "tags.Team", "product"],
  protect: [small, "protect", { off: "nothing here is worth keeping" }],
  "protect.off": [lean, "protect.off", "another reason to be careless"],
  "state.backend": [inS3, "state", { backend: "local" }],
  "state.bucket": [inS3, "state.bucket", "other-state"],
  "state.region": [inS3, "state.region", "eu-west-1"],
  "state.kmsKeyId": [inS3, "state.kmsKeyId", "alias/other"],
  "network.cidr": [small, "network", { cidr: "10.77.0.0/16" }],
  "network.publicSubnets[]": [small, "network", { publicSubnets: ["10.0.9.0/24"] }],
  "network.zones[]": [small, "network", { zones: ["b"] }],
  "network.existing.vpcId": [lean, "network.existing.vpcId", "vpc-0000000000000beef"],
  "network.existing.subnetId": [lean, "network.existing.subnetId", "subnet-0000000000000beef"],
  "network.existing.routeTableId": [given, "network.existing.routeTableId", "rtb-0000000000000beef"],
  "network.flowLogDays": [full, "network.flowLogDays", 30],
  "services.*.enabled": [full, "services.worker.enabled", false],
  // A worker has no port, so the kind cannot change alone.
  "services.*.kind": [small, "services.api", { kind: "worker", image: { reference: "ghcr.io/small/api:1.0.0" } }],
  "services.*.image.build.context": [full, "services.api.image.build.context", "other"],
  "services.*.image.build.dockerfile": [full, "services.api.image.build.dockerfile", "Other"],
  "services.*.image.build.target": [full, "services.api.image.build.target", "other"],
  "services.*.image.reference": [small, "services.api.image.reference", "ghcr.io/small/api:1.0.1"],
  "services.*.port": [small, "services.api.port", 9090],
  "services.*.hostPort": [full, "services.api.hostPort", 19090],
  "services.*.healthCheck.path": [small, "services.api.healthCheck", { path: "/ready" }],
  "services.*.healthCheck.command[]": [small, "services.api.healthCheck", { command: ["check"] }],
  "services.*.healthCheck.intervalSeconds": [small, "services.api.healthCheck", { intervalSeconds: 31 }],
  "services.*.healthCheck.timeoutSeconds": [small, "services.api.healthCheck", { timeoutSeconds: 6 }],
  "services.*.healthCheck.retries": [small, "services.api.healthCheck", { retries: 4 }],
  "services.*.healthCheck.graceSeconds": [small, "services.api.healthCheck", { graceSeconds: 61 }],
  "services.*.route.hosts[]": [full, "services.web.route.hosts", ["www.full.example.com"]],
  "services.*.route.paths[]": [full, "services.api.route.paths", ["/v1/*"]],
  "services.*.env.*": [small, "services.api.env", { LOG: "debug" }],
  "services.*.secrets[]": [full, "services.api.secrets", ["JWT_SECRET"]],
  "services.*.aliases.*": [small, "services.api.aliases", { PG_URL: "DATABASE_URL" }],
  "services.*.files.*": [small, "services.api.files", { "/etc/app": "level = debug" }],
  "services.*.smoke.database": [small, "services.api.smoke", { database: "/ready" }],
  "services.*.smoke.cache": [full, "services.api.smoke", { cache: "/ready" }],
  "services.*.dependsOn[]": [full, "services.web.dependsOn", ["worker"]],
  "services.*.database": [full, "services.api.database", "reports"],
  "services.*.connects[]": [full, "services.web.connects", ["database"]],
  "services.*.cpu": [small, "services.api.cpu", 640],
  "services.*.memoryMiB": [small, "services.api.memoryMiB", 640],
  "services.*.command[]": [small, "services.api.command", ["serve"]],
  "services.*.user": [small, "services.api.user", "2000:2000"],
  "services.*.readOnlyRoot": [small, "services.api.readOnlyRoot", { off: "it writes beside its code" }],
  "services.*.readOnlyRoot.off": [full, "services.api.readOnlyRoot.off", "it writes somewhere else"],
  "services.*.tmpfs[]": [small, "services.api.tmpfs", ["/tmp", "/scratch"]],
  "services.*.execTmpfs[]": [small, "services.api.execTmpfs", ["/native"]],
  "services.*.volumes[].name": [full, "services.api.volumes[0].name", "files"],
  "services.*.volumes[].path": [full, "services.api.volumes[0].path", "/srv/files"],
  "services.*.stopGraceSeconds": [small, "services.api.stopGraceSeconds", 31],
  "jobs.*.service": [full, "jobs.report.service", "web"],
  "jobs.*.command[]": [full, "jobs.report.command", ["other"]],
  "jobs.*.when": [full, "jobs.migrate.when", "manual"],
  "jobs.*.when.schedule": [full, "jobs.report.when", { schedule: { weeklyOn: "monday", at: "05:30" } }],
  "jobs.*.when.schedule.everyMinutes": [full, "jobs.report.when", { schedule: { everyMinutes: 50 } }],
  "jobs.*.when.schedule.dailyAt": [full, "jobs.report.when", { schedule: { dailyAt: "05:30" } }],
  "jobs.*.when.schedule.weeklyOn": [full, "jobs.report.when.schedule.weeklyOn", "monday"],
  "jobs.*.when.schedule.at": [full, "jobs.report.when.schedule.at", "05:30"],
  "jobs.*.timeoutSeconds": [full, "jobs.report.timeoutSeconds", 60],
  "jobs.*.secrets[]": [full, "jobs.report.secrets", ["REPORT_KEY"]],
  "jobs.*.marker": [full, "jobs.seed.marker", ".seeded"],
  "jobs.*.env.*": [full, "jobs.report.env", { MODE: "full" }],
  "database.mode": [small, "database", { mode: "none" }],
  "database.major": [small, "database", { major: 16 }],
  "database.name": [small, "database", { name: "other" }],
  "database.user": [small, "database", { user: "other" }],
  "database.databases[]": [full, "database.databases", ["other"]],
  "database.extensions[]": [full, "database.extensions", ["hstore"]],
  "database.memoryMiB": [small, "database", { memoryMiB: 700 }],
  "database.maxConnections": [small, "database", { maxConnections: 90 }],
  "database.passwordSecret": [small, "database", { passwordSecret: "PG_PASSWORD" }],
  "database.urlSecret": [external, "database.urlSecret", "POSTGRES_URL"],
  "cache.mode": [small, "cache", { mode: "own" }],
  "cache.engine": [full, "cache.engine", "valkey"],
  "cache.version": [full, "cache.version", "7.2"],
  "cache.use": [valkey, "cache.use", "queue"],
  "cache.maxMemoryMiB": [full, "cache.maxMemoryMiB", 100],
  "ingress.proxy": [full, "ingress.proxy", "caddy"],
  "ingress.tls": [withoutMail, "ingress.tls", { off: "the CDN speaks plain HTTP to us" }],
  "ingress.tls.off": [
    { ...withoutMail, ingress: { ...withoutMail.ingress, tls: { off: "the CDN speaks plain HTTP to us" } } },
    "ingress.tls.off",
    "another good reason",
  ],
  "ingress.acmeEmail": [
    { ...full, ingress: { ...full.ingress, proxy: "caddy" } },
    "ingress.acmeEmail",
    "b@example.com",
  ],
  "ingress.origin": [full, "ingress.origin", "world"],
  "ingress.directCidrs[]": [full, "ingress.directCidrs", ["203.0.113.128/25"]],
  "dns.domain": [full, "dns", { domain: "example.com" }],
  "dns.hostedZoneId": [full, "dns.hostedZoneId", "Z0123456789ABCDEFGHIK"],
  "host.instanceType": [small, "host", { instanceType: "t3.large" }],
  "host.os": [full, "host.os", "ubuntu-24.04"],
  "host.spot": [small, "host", { spot: true }],
  "host.cpuCredits": [full, "host.cpuCredits", "unlimited"],
  "host.rootGiB": [small, "host", { rootGiB: 21 }],
  "host.dataGiB": [small, "host", { dataGiB: 31 }],
  "host.snapshotsKept": [full, "host.snapshotsKept", 8],
  "host.appDir": [small, "host", { appDir: "/srv/app" }],
  "host.keyName": [full, "host.keyName", "other-key"],
  "host.sshCidrs[]": [full, "host.sshCidrs", ["198.51.100.8/32"]],
  "registry.keep": [full, "registry", { keep: 11 }],
  "registry.scanOnPush": [full, "registry", { scanOnPush: false }],
  "backup.dailyAt": [small, "backup", { dailyAt: "03:00" }],
  "backup.noncurrentDays": [small, "backup", { noncurrentDays: 31 }],
  "backup.keepNoncurrent": [small, "backup", { keepNoncurrent: 8 }],
  "backup.maxAgeHours": [small, "backup", { maxAgeHours: 30 }],
  "backup.drillMaxAgeDays": [small, "backup", { drillMaxAgeDays: 9 }],
  "secrets.*.bytes": [full, "secrets.JWT_SECRET.bytes", 32],
  "secrets.*.encoding": [full, "secrets.JWT_SECRET.encoding", "hex"],
  "secrets.*.source": [full, "secrets.LICENSE.source", "generated"],
  "secrets.*.store": [full, "secrets.LICENSE.store", "ssm"],
  "secrets.*.carry": [full, "secrets.JWT_SECRET.carry", false],
  "observability.logDays": [small, "observability", { logDays: 60 }],
  "observability.logs": [small, "observability", { logs: "local" }],
  "observability.alarms": [small, "observability", { alarms: { off: "nobody would answer them" } }],
  "observability.alarms.off": [lean, "observability.alarms.off", "another reason to sleep well"],
  "observability.emails[]": [full, "observability.emails", ["b@example.com"]],
  "observability.dashboard": [small, "observability", { dashboard: false }],
  "ci.github.repository": [released, "ci.github.repository", "acme/other"],
  "ci.github.ids.owner": [released, "ci.github.ids.owner", 1],
  "ci.github.ids.repository": [released, "ci.github.ids.repository", 1],
  "ci.github.branch": [released, "ci.github.branch", "trunk"],
  "ci.github.defaultBranch": [released, "ci.github.defaultBranch", "trunk"],
  "ci.github.environment": [released, "ci.github.environment", "live"],
  "ci.oidcProvider": [released, "ci.oidcProvider", "existing"],
  "ci.source": [released, "ci.source", "backend"],
  "ci.infrastructure.repository": [released, "ci.infrastructure.repository", "acme/other"],
  "ci.infrastructure.ref": [released, "ci.infrastructure.ref", "v2"],
  "ci.infrastructure.tokenSecret": [released, "ci.infrastructure.tokenSecret", "OTHER_TOKEN"],
  "ci.infrastructure.directory": [released, "ci.infrastructure.directory", "."],
  "ci.setup.python": [released, "ci.setup.python", "3.12"],
  "ci.setup.node": [released, "ci.setup.node", "24"],
  "ci.test[]": [released, "ci.test", ["pytest -q"]],
  "ci.driftAt": [released, "ci.driftAt", "06:00"],
};

/** A copy with one place set; "a.b[0].c" as in a report. */
function withValue(app: AppInput, at: string, value: unknown): AppInput {
  const copy = structuredClone(app) as unknown as Record<string, unknown>;
  const steps = at.split(/[.[\]]+/).filter(Boolean);
  const last = steps.pop() ?? "";
  const parent = steps.reduce<Record<string, unknown>>(
    (node, step) => (node[step] ??= {}) as Record<string, unknown>,
    copy,
  );
  parent[last] = value;
  return copy as unknown as AppInput;
}

const folder = path.join(TEST_OUTPUT, "every-field");
const synthesized = new Map<AppInput, string>();

/** The JSON of all stacks of an app, and its workflows. */
function jsonOf(input: AppInput): string {
  const { stacks, problems } = resolveApps([defineApp(input)]);
  if (problems.length > 0) throw new Error(problems.map(formatProblem).join("\n"));
  const outdir = fs.mkdtempSync(path.join(folder, "out-"));
  const app = new App({ outdir });
  for (const stack of stacks) buildStack(app, stack);
  const withCi = ciStacksOf(stacks);
  for (const stack of withCi) new CiStack(app, stack);
  app.synth();
  const workflows = withCi.flatMap((ci) =>
    ci.stacks.flatMap((one) => workflowFiles(one as StackWithCi, process.cwd())),
  );
  return [...readStacks(outdir).values(), ...workflows.map(({ content }) => content)].join("\n");
}

function baseJson(app: AppInput): string {
  const known = synthesized.get(app) ?? jsonOf(app);
  synthesized.set(app, known);
  return known;
}

beforeAll(() => fs.mkdirSync(folder, { recursive: true }));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

describe("every field is read by a stack", () => {
  test.each(Object.entries(CHANGES))("%s", (_field, [base, at, value]) => {
    expect(jsonOf(withValue(base, at, value)) === baseJson(base), "the JSON stays the same").toBe(false);
  });

  test("no field is left out of this table", () => {
    const fields = fieldsOf(appSchema).map(({ path: at }) => at);
    const leaves = fields.filter(
      (field) => !fields.some((other) => other.startsWith(`${field}.`) || other.startsWith(`${field}[`)),
    );
    expect(leaves.length).toBeGreaterThan(80);
    expect(leaves.filter((field) => !Object.hasOwn(CHANGES, field))).toEqual([]);
  });

  test("a change that nothing reads would be seen", () => {
    expect(jsonOf(structuredClone(small)) === baseJson(small)).toBe(true);
  });
});
