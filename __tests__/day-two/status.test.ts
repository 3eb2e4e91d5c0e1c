import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { EC2Client, RunInstancesCommand } from "@aws-sdk/client-ec2";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { readStack } from "../../scripts/lib/stack-json";
import { MOTO_INSTALL_MS } from "../helpers/moto";
import { CREDENTIALS, type Deployment, ended, openDeployment, REGION, resetAgent } from "./support";

const BUCKET = "webrana-mvp-backups";
const RELEASED = `registry/backend@sha256:${"0123456789abcdef".repeat(4)}`;
const WELL = {
  stack: "webrana-mvp",
  services: [
    { name: "postgres", state: "running healthy", image: "postgres:17", released: "" },
    { name: "backend", state: "running healthy", image: RELEASED, released: RELEASED },
  ],
  disks: [{ mount: "/opt/webrana/data", usedPercent: 41, sizeBytes: 32_212_254_720 }],
  units: [{ name: "docker", state: "active" }],
  backup: { lastSeconds: 60, lastDrillSeconds: 180_000 },
  maintenance: false,
  rebootDue: false,
  missing: [],
};

let box: Deployment;
let alarms: CloudWatchClient;
let names: string[];

beforeAll(async () => {
  box = await openDeployment("day-two-status");
  const at = { endpoint: box.moto.url, region: REGION, credentials: CREDENTIALS };
  alarms = new CloudWatchClient(at);
  names = Object.values(readStack(box.file("cdktf.out/stacks/mvp")).resource?.aws_cloudwatch_metric_alarm ?? {}).map(
    ({ alarm_name: name }) => String(name),
  );
  for (const AlarmName of names) await putAlarm(AlarmName);
  await putAlarm("somebody-elses");
  await ring("somebody-elses", "ALARM");
  const instance = await runInstance(new EC2Client(at));
  box.deploy({ instance_id: [instance, "string"] });
  await fillStores(at);
  await fillLogs(new CloudWatchLogsClient(at));
}, MOTO_INSTALL_MS);
afterAll(async () => {
  alarms?.destroy();
  await box?.close();
});
afterEach(() => resetAgent(box));

async function putAlarm(AlarmName: string): Promise<void> {
  const metric = { Namespace: "n", MetricName: "m", Statistic: "Average", Period: 60, EvaluationPeriods: 1 } as const;
  const rule = { ComparisonOperator: "GreaterThanThreshold", Threshold: 1 } as const;
  await alarms.send(new PutMetricAlarmCommand({ AlarmName, ...metric, ...rule }));
  await ring(AlarmName, "OK");
}

const ring = (AlarmName: string, StateValue: "OK" | "ALARM") =>
  alarms.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: "as the test says" }));

async function runInstance(ec2: EC2Client): Promise<string> {
  const shape = { ImageId: "ami-12c6146b", InstanceType: "t3.medium", MinCount: 1, MaxCount: 1 } as const;
  const { Instances: [instance] = [] } = await ec2.send(new RunInstancesCommand(shape));
  ec2.destroy();
  return instance?.InstanceId ?? "";
}

async function fillStores(at: { endpoint: string; region: string; credentials: typeof CREDENTIALS }): Promise<void> {
  const s3 = new S3Client({ ...at, forcePathStyle: true });
  const place = { CreateBucketConfiguration: { LocationConstraint: REGION } } as const;
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET, ...place }));
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "backups/manifest.json", Body: "{}" }));
  const ssm = new SSMClient(at);
  await ssm.send(new PutParameterCommand({ Name: "/webrana/mvp/image/backend", Value: RELEASED, Type: "String" }));
  s3.destroy();
  ssm.destroy();
}

async function fillLogs(logs: CloudWatchLogsClient): Promise<void> {
  const now = Date.now();
  for (const [service, message, age] of [
    ["backend", "hello", 3000],
    ["postgres", "ready", 2000],
    ["backend", "long ago", 7_200_000],
  ] as const) {
    const [logGroupName, logStreamName] = [`/webrana/mvp/${service}`, `of ${age}`];
    await logs.send(new CreateLogGroupCommand({ logGroupName })).catch(() => undefined);
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
    const logEvents = [{ timestamp: now - age, message }];
    await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
  }
  logs.destroy();
}

/** The host's program answers with a report and ends as it says. */
function hostSays(program: string, report: unknown, code = 0): void {
  box.onHost(`bin/${program}`, `cat <<'END'\n${JSON.stringify(report)}\nEND\nexit ${code}`);
}

describe("status", () => {
  test("of a stack that is well", async () => {
    hostSays("status", WELL);
    const { code, stdout } = await box.tiers(["status", "mvp"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^mvp\n {2}host +i-\w+ \(t3\.medium\) running, checks ok/);
    expect(stdout).toMatch(/ {2}last backup +0 min ago, restored in a drill 2 d 2 h ago\n/);
    expect(stdout).toContain(`alarms             ${names.length} watched; none rings\n`);
    expect(stdout).toMatch(/ {2}backend +running healthy +registry\/backend@0123456789ab\n/);
    expect(stdout).toMatch(/\nnothing is missing\n$/);
    expect(box.agent.sent.map(({ command }) => command)).toEqual(["/opt/webrana/bin/status --json"]);
  });

  test("something is missing on the host: it is named, with exit code 1", async () => {
    hostSays("status", { ...WELL, missing: ["backend is restarting: bin/logs backend"] }, 1);
    const { code, stdout } = await box.tiers(["status", "mvp", "--json"]);
    const found = JSON.parse(stdout) as Record<string, unknown>;
    expect([code, found.wrong, found.untold]).toEqual([1, ["backend is restarting: bin/logs backend"], []]);
    expect(found).toMatchObject({
      host: { disks: WELL.disks },
      released: { backend: RELEASED },
      instance: { state: "running" },
    });
  });

  test("an alarm of the stack rings, also one with a name of its own", async () => {
    hostSays("status", WELL);
    expect(names).toContain("webrana-high-cpu");
    await ring("webrana-high-cpu", "ALARM");
    const { code, stdout } = await box.tiers(["status", "mvp"]);
    await ring("webrana-high-cpu", "OK");
    expect([code, stdout]).toEqual([1, expect.stringContaining("the alarm webrana-high-cpu rings: as the test says")]);
    expect(stdout).not.toContain("somebody-elses");
  });

  test("the host does not answer: what AWS knows is shown, with exit code 3", async () => {
    box.agent.behaviour.ping = "ConnectionLost";
    const { code, stdout, stderr } = await box.tiers(["status", "mvp"]);
    expect([code, stderr]).toEqual([3, expect.stringContaining("error: Of mvp, 1 part(s) could not be told.")]);
    expect(stdout).toMatch(/could not be told:\n {2}The host i-\w+ is not online/);
    expect(stdout).toMatch(/ {2}backend +\? +released registry\/backend@0123456789ab\n/);
    expect(stdout).toContain("last backup");
  });

  test("a host whose program is older gives no report, and that is told", async () => {
    box.onHost("bin/status", "echo old words");
    const { code, stdout } = await box.tiers(["status", "mvp"]);
    expect([code, stdout]).toEqual([3, expect.stringContaining("status on the host gave no report (exit code 0).")]);
  });
});

describe("smoke", () => {
  const checks = [{ name: "cache", result: "ok", detail: "PONG" }];

  test("what the host and AWS say is part of it; a name that leads nowhere from here has failed or is not known", async () => {
    hostSays("smoke", { checks });
    const { code, stdout } = await box.tiers(["smoke", "mvp", "--json"]);
    const report = JSON.parse(stdout) as { code: number; checks: { from: string; name: string; result: string }[] };
    expect([1, 3]).toContain(code);
    expect(report.code).toBe(code);
    expect(report.checks).toContainEqual({ from: "host", ...checks[0] });
    expect(report.checks).toContainEqual({
      from: "aws",
      name: "last verified backup",
      result: "ok",
      detail: "0 min ago",
    });
    const here = report.checks.filter(({ from }) => from === "here").map(({ name }) => name);
    expect(here).toEqual(["name api.webrana.id", "name webrana.id"]);
  });

  test("--direct asks the host's address; a failed check on the host is exit code 1", async () => {
    hostSays("smoke", { checks: [{ name: "database", result: "failed", detail: "no answer" }] }, 1);
    const { code, stdout, stderr } = await box.tiers(["smoke", "mvp", "--direct"]);
    expect([code, stdout]).toEqual([1, expect.stringMatching(/FAILED {2}database +on the host +no answer/)]);
    expect(stdout).toContain("certificate of api.webrana.id");
    expect(stdout).not.toContain("name api.webrana.id");
    expect(stderr).toMatch(/error: mvp: \d of \d checks failed\.\n$/);
  });
});

describe("logs", () => {
  test("of all containers, the last hour, the oldest first", async () => {
    const { code, stdout } = await box.tiers(["logs", "mvp"]);
    expect(code).toBe(0);
    expect(stdout.replaceAll(/^\S+ /gm, "")).toBe("backend  | hello\npostgres | ready\n");
  });

  test("of one service, as JSON, from further back", async () => {
    const { stdout } = await box.tiers(["logs", "mvp", "backend", "--since", "3h", "--json"]);
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { message: string });
    expect(lines.map(({ message }) => message)).toEqual(["long ago", "hello"]);
    expect(lines[0]).toEqual({ time: expect.stringMatching(/T.*Z$/), service: "backend", message: "long ago" });
  });

  test("Ctrl-C is how following ends", async () => {
    const child = box.start(["logs", "mvp", "--follow"]);
    const end = ended(child);
    await new Promise((resolve) => child.stdout.once("data", resolve));
    child.kill("SIGINT");
    const { code, stdout, stderr } = await end;
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("error")]);
    expect(stdout).toContain("hello");
  });

  test.each([
    ["a service that is none", ["nosuch"], `webrana runs no "nosuch"`],
    ["a time that is none", ["--since", "yesterday"], `--since is "yesterday"; allowed: a number and s, m, h or d`],
    ["a service that was not deployed yet", ["frontend"], "has no log group for it yet"],
  ])("wrong usage: %s", async (_what, args, message) => {
    const { code, stderr } = await box.tiers(["logs", "mvp", ...args]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});
