/** Single faults on a small stack: what Terraform hears, what the account holds, and what the next apply does. */
import * as fs from "node:fs";
import * as path from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { simulatedEnv } from "../../../scripts/lib/environment";
import { type Simulator, startSimulator } from "../../../scripts/simulator";
import { type Config, set } from "../sample";
import { flat, makeFolder, removeFolder, Workspace } from "../support";

/** A topic with a policy, a role, a network and a protected bucket. */
function config(): Config {
  const policy = (statement: Config): string => JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  const topicPolicy = { Effect: "Allow", Action: "sns:Publish", Resource: "*", Principal: { AWS: "123456789012" } };
  const assume = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } };
  return {
    terraform: { required_providers: { aws: { source: "aws" } } },
    provider: { aws: [{ region: "eu-central-1" }] },
    resource: {
      aws_vpc: { main: { cidr_block: "10.0.0.0/16", tags: { Name: "main" } } },
      aws_sns_topic: { alarms: { name: "alarms" } },
      aws_sns_topic_policy: { alarms: { arn: "${aws_sns_topic.alarms.arn}", policy: policy(topicPolicy) } },
      aws_iam_role: { host: { name: "host", assume_role_policy: policy(assume) } },
      aws_s3_bucket: { data: { bucket: "faults-data", lifecycle: { prevent_destroy: true } } },
    },
  };
}

const RESOURCES = 5;

interface Run {
  simulator: Simulator;
  workspace: Workspace;
}

const open: { dir: string; simulator: Simulator }[] = [];
afterEach(async () => {
  for (const { dir, simulator } of open.splice(0)) {
    await simulator.stop();
    removeFolder(dir);
  }
});

async function start(faults: string[], change: (config: Config) => void = () => undefined): Promise<Run> {
  const dir = makeFolder(`faults-calls-${open.length}`);
  const made = config();
  change(made);
  const before = new Workspace({ dir, env: {} }, "stack");
  before.write(made);
  const simulator = await startSimulator({ dir, faults, baseEnv: simulatedEnv(process.env) });
  open.push({ dir, simulator });
  const workspace = new Workspace({ dir, env: { ...simulatedEnv(process.env), ...simulator.env } }, "stack");
  await workspace.ok("init");
  return { simulator, workspace };
}

/** Applies, and expects a failure; gives back the words. */
async function fails({ workspace }: Run, ...args: string[]): Promise<string> {
  const result = await workspace.terraform(...(args.length > 0 ? args : ["apply", "-auto-approve"]));
  expect(result.code).toBe(1);
  return flat(result);
}

async function converges({ workspace, simulator }: Run, objects = RESOURCES): Promise<string> {
  const said = await workspace.ok("apply", "-auto-approve");
  expect(await workspace.planCode()).toBe(0);
  expect(simulator.world()).toHaveLength(objects);
  return said;
}

describe("throttling", () => {
  test("is waited out as the provider does, and can be seen in the report", async () => {
    const run = await start(["create:aws_vpc=throttle:5"]);
    await converges(run);
    expect(run.simulator.faults()).toEqual([
      {
        fault: "create:aws_vpc:1=throttle:5:1000",
        call: "create of aws_vpc (1)",
        times: 1,
        calls: 1,
        delays: false,
        realWaitSeconds: 23.3, // 0.75 + 1.5 + 3 + 6 + 12
      },
    ]);
  });

  test("that outlasts the tries of the provider block fails, and the next apply converges", async () => {
    const run = await start(["create:aws_vpc=throttle:3"], (c) => set(c, "provider.aws.0.max_retries", 3));
    expect(await fails(run)).toContain(
      "creating aws_vpc: ThrottlingException: Rate exceeded, exceeded maximum number of attempts, 3",
    );
    expect(run.simulator.world().map(({ type }) => type)).not.toContain("aws_vpc");
    await converges(run);
  });
});

describe("slow calls", () => {
  test("take their time and nothing else, each of them", async () => {
    const run = await start(["create:aws_vpc=slow:1500", "any:*=slow:realistic:1000"]);
    expect(await converges(run)).toMatch(/aws_vpc\.main: Creation complete after [1-9]\d*s/);
    const [vpc, realistic] = run.simulator.faults();
    expect([vpc?.times, vpc?.delays]).toEqual([1, true]);
    expect(realistic?.times).toBe(realistic?.calls);
    expect(realistic?.times).toBeGreaterThan(RESOURCES);
  });
});

describe("a creation that is accepted and not finished", () => {
  test("is tainted and replaced; what may not be destroyed says so, and untaint keeps it", async () => {
    const run = await start(["create:aws_vpc=partial", "create:aws_s3_bucket=partial"]);
    const said = await fails(run);
    expect(said).toMatch(/waiting for aws_vpc \(vpc-\w+\) create: unexpected state 'failed'/);
    const [vpc] = run.simulator.world().filter(({ type }) => type === "aws_vpc");
    expect(await fails(run)).toContain("Instance cannot be destroyed");
    await run.workspace.ok("untaint", "aws_s3_bucket.data");
    await converges(run);
    const [replaced] = run.simulator.world().filter(({ type }) => type === "aws_vpc");
    expect(replaced?.id).not.toBe(vpc?.id);
  });
});

describe("what a person marks as tainted", () => {
  test("is replaced, and never destroyed for a state that is not the simulator's", async () => {
    const run = await start(["any:*=slow:1"]);
    await converges(run);
    await run.workspace.ok("taint", "aws_vpc.main");
    expect(await converges(run)).toContain("aws_vpc.main is tainted, so must be replaced");
    await run.workspace.ok("taint", "aws_vpc.main");
    const state = path.join(run.workspace.dir, "terraform.tfstate");
    fs.writeFileSync(state, fs.readFileSync(state, "utf8").replaceAll(/"private": "[^"]*"/g, '"private": ""'));
    expect(await fails(run)).toContain("This state was not written by the simulator");
  });
});

describe("an answer that is lost", () => {
  test("of something that AWS only sets: the next apply sets it again, and there is one", async () => {
    const run = await start(["create:aws_sns_topic=lose", "create:aws_sns_topic_policy=lose"]);
    await fails(run);
    const [topic] = run.simulator.world().filter(({ type }) => type === "aws_sns_topic");
    await fails(run);
    await converges(run);
    expect(run.simulator.world().filter(({ type }) => type === "aws_sns_topic")).toMatchObject([{ id: topic?.id }]);
  });

  test("never hides that two resources of one run are the same thing", async () => {
    const run = await start(["any:*=slow:1"], (c) => {
      set(c, "resource.aws_sns_topic.twin", { name: "alarms", depends_on: ["aws_sns_topic.alarms"] });
    });
    expect(await fails(run)).toContain('SNS topic "alarms" already exists');
    expect(await fails(run)).toContain('SNS topic "alarms" already exists');
  });

  test("of a name that AWS gives once: told with the import, which ends it", async () => {
    const run = await start(["create:aws_iam_role=lose"]);
    expect(await fails(run)).toContain(`AWS made aws_iam_role "host", and Terraform's state does not know it.`);
    expect(await fails(run)).toMatch(/EntityAlreadyExists.*terraform import <address> 'host'/);
    await run.workspace.ok("import", "aws_iam_role.host", "host");
    await converges(run);
  });
});

describe("what exists already", () => {
  test("its update fails or is lost, its reading fails: the next command sees the truth", async () => {
    const run = await start([
      "update:aws_vpc=fail:UnauthorizedOperation",
      "update:aws_vpc:2=lose",
      "read:aws_iam_role:3=fail",
    ]);
    await converges(run);
    const changed = config();
    set(changed, "resource.aws_vpc.main.enable_dns_hostnames", true);
    run.workspace.write(changed);
    const hostnames = (): unknown =>
      run.simulator.world().find(({ type }) => type === "aws_vpc")?.attributes.enable_dns_hostnames;
    expect(await fails(run)).toContain("updating aws_vpc: UnauthorizedOperation");
    expect(hostnames()).toBe(false);
    expect(await fails(run)).toContain("reading aws_iam_role: InternalFailure");
    expect(await fails(run)).toContain("updating aws_vpc: request send failed");
    expect(hostnames()).toBe(true);
    await converges(run);
  });

  test("its deletion fails, then is lost: the next destroy finishes", async () => {
    const run = await start(["delete:aws_vpc=fail:DependencyViolation", "delete:aws_iam_role=lose"], (c) =>
      set(c, "resource.aws_s3_bucket", undefined),
    );
    await converges(run, RESOURCES - 1);
    expect(await fails(run, "destroy", "-auto-approve")).toMatch(/deleting aws_vpc: DependencyViolation/);
    expect(run.simulator.world().map(({ type }) => type)).toEqual(["aws_vpc"]);
    await run.workspace.ok("destroy", "-auto-approve");
    expect(run.simulator.world()).toEqual([]);
  });
});

describe("killing Terraform", () => {
  test("needs the Terraform that the simulator names, and says so", async () => {
    const run = await start(["create:aws_vpc=kill"]);
    const { TERRAFORM_BINARY_NAME: _wrapper, ...env } = run.workspace.run.env;
    const other = new Workspace({ dir: run.workspace.run.dir, env }, "stack");
    const result = await other.terraform("apply", "-auto-approve");
    expect(flat(result)).toContain("must then run as TERRAFORM_BINARY_NAME of the simulator says");
  });
});
