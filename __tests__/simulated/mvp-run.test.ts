import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AppInput } from "../../modules/spec";
import { SimulatedAccount } from "../helpers/simulated";
import { TEST_OUTPUT } from "../helpers/synth";
import { full, lean, small } from "./apps";

/** What exists before the stacks: the network that `lean` lives in, and the hosted zone of `full`. */
const BEFORE = {
  world: [
    {
      type: "aws_vpc",
      id: "vpc-0a1b2c3d4e5f60718",
      region: "eu-central-1",
      attributes: { id: "vpc-0a1b2c3d4e5f60718", cidr_block: "172.31.0.0/16" },
    },
    {
      type: "aws_internet_gateway",
      id: "igw-0a1b2c3d4e5f60718",
      region: "eu-central-1",
      attributes: { id: "igw-0a1b2c3d4e5f60718", vpc_id: "vpc-0a1b2c3d4e5f60718" },
    },
    {
      type: "aws_subnet",
      id: "subnet-0a1b2c3d4e5f60718",
      region: "eu-central-1",
      attributes: {
        id: "subnet-0a1b2c3d4e5f60718",
        vpc_id: "vpc-0a1b2c3d4e5f60718",
        cidr_block: "172.31.0.0/20",
        availability_zone: "eu-central-1a",
      },
    },
    {
      type: "aws_route53_zone",
      id: "Z0123456789ABCDEFGHIJ",
      region: "eu-central-1",
      attributes: { id: "Z0123456789ABCDEFGHIJ", zone_id: "Z0123456789ABCDEFGHIJ", name: "full.example.com" },
    },
    {
      type: "aws_key_pair",
      id: "full-key",
      region: "eu-central-1",
      attributes: { id: "full-key", key_name: "full-key" },
    },
  ],
};

/** A second environment beside the default one. */
const withStaging: AppInput = {
  ...small,
  environments: { staging: { host: { instanceType: "t3.small" }, network: { cidr: "10.9.0.0/16" } } },
};

let account: SimulatedAccount;

beforeAll(async () => {
  const fixtures = path.join(TEST_OUTPUT, "mvp-run-fixtures.json");
  fs.mkdirSync(TEST_OUTPUT, { recursive: true });
  fs.writeFileSync(fixtures, JSON.stringify(BEFORE));
  account = await SimulatedAccount.start("mvp-run", [withStaging, full, lean], fixtures);
});

afterAll(async () => {
  await account.stop();
  fs.rmSync(path.join(TEST_OUTPUT, "mvp-run-fixtures.json"));
});

/** Objects in the account that belong to a stack, by the prefix of their names and tags. */
const typesNow = (): string[] => account.world().map(({ type }) => type);

describe.each(["small", "small-staging", "full", "lean"])("stack %s", (stack) => {
  test("validates, plans and applies, and a second plan is empty", { timeout: 120_000 }, async () => {
    await account.init(stack);
    await account.must(stack, "validate");
    const planned = await account.plan(stack);
    expect(planned.length).toBeGreaterThan(10);
    expect(planned.every(({ actions }) => actions.join() === "create")).toBe(true);
    await account.apply(stack);
    expect(await account.plan(stack)).toEqual([]);
  });
});

describe("two environments of one app", () => {
  test("coexist in one account, with names of their own", async () => {
    const [production, staging] = [await account.outputs("small"), await account.outputs("small-staging")];
    for (const name of ["instance_id", "backup_bucket", "vpc_id", "data_volume_id"]) {
      expect(production[name], name).toBeTruthy();
      expect(staging[name], name).not.toEqual(production[name]);
    }
    expect(staging.backup_bucket).toMatch(/^small-mvp-staging-backups-[0-9a-f]{8}$/);
  });
});

describe("what is made", () => {
  test("Spot: another logical id, a persistent request that stops", async () => {
    const state = await account.must("lean", "state", "list");
    expect(state).toContain("aws_instance.host_spot_instance");
    expect(state).not.toContain("aws_instance.host_instance");
  });

  test("an app that turned things off makes none of them", async () => {
    const made = (await account.must("lean", "state", "list")).split("\n").filter((line) => !line.startsWith("data."));
    const absent =
      /^aws_(vpc|subnet|cloudwatch_metric_alarm|cloudwatch_dashboard|cloudwatch_log_group|ecr_repository)\./;
    expect(made.length).toBeGreaterThan(10);
    expect(made.filter((line) => absent.test(line))).toEqual([]);
  });

  test("output aliases and literal names of an existing system", async () => {
    const outputs = await account.outputs("full");
    expect(outputs.apiBaseUrl).toEqual(outputs.app_urls);
    const alarms = account.world().filter(({ type }) => type === "aws_cloudwatch_metric_alarm");
    expect(alarms.map(({ attributes }) => attributes.alarm_name)).toContain("full-high-cpu");
  });

  test("no secret's value is anywhere in the state", async () => {
    const state = fs.readFileSync(path.join(account.folder, "terraform.full.tfstate"), "utf8");
    expect(state).not.toMatch(/"(secret_string|value_wo|password)": "[^"]/);
    expect(typesNow()).toContain("aws_secretsmanager_secret");
    expect(typesNow()).not.toContain("aws_secretsmanager_secret_version");
  });
});
