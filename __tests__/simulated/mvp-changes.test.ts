import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AppInput } from "../../modules/spec";
import { SimulatedAccount, type PlannedChange } from "../helpers/simulated";
import { small } from "./apps";

const STACK = "small";

/** The app with one service changed, and its staging environment beside it as a peer. */
const shop: AppInput = {
  ...small,
  services: { api: { image: { build: {} }, port: 8080, route: { hosts: ["api.small.example"] } } },
  dns: { domain: "small.example" },
  environments: { staging: { network: { cidr: "10.9.0.0/16" } } },
};
const withService = (changes: Partial<AppInput["services"][string]>): AppInput => ({
  ...shop,
  services: { api: { ...shop.services.api, ...changes } as AppInput["services"][string] },
});

let account: SimulatedAccount;

beforeAll(async () => {
  account = await SimulatedAccount.start("mvp-changes", [shop]);
  for (const stack of [STACK, "small-staging"]) {
    await account.init(stack);
    await account.apply(stack);
  }
}, 120_000);

afterAll(() => account.stop());

const inPlace = (address: string): PlannedChange => ({ address, actions: ["update"] });

/** Plans with changed apps, then puts the old JSON back. */
async function planWith(app: AppInput): Promise<PlannedChange[]> {
  account.synthesize([app]);
  try {
    return await account.plan(STACK);
  } finally {
    account.synthesize([shop]);
  }
}

describe("a changed service", () => {
  test.each<[string, Partial<AppInput["services"][string]>]>([
    ["memory", { memoryMiB: 768 }],
    ["a setting", { env: { LOG_LEVEL: "debug" } }],
    ["a command", { command: ["serve", "--fast"] }],
    ["the health check", { healthCheck: { intervalSeconds: 10 } }],
  ])("%s: only the Compose file's object and the sums are updated", { timeout: 60_000 }, async (_what, changes) => {
    expect(await planWith(withService(changes))).toEqual([
      inPlace("aws_s3_object.config_compose_yaml"),
      inPlace("aws_s3_object.config_files_md5"),
    ]);
  });

  test(
    "a newer image of the operating system or another loader never touches the host",
    { timeout: 60_000 },
    async () => {
      const file = `${account.directory(STACK)}/cdk.tf.json`;
      const text = fs.readFileSync(file, "utf8");
      const stack = JSON.parse(text) as { resource: { aws_instance: { host_instance: Record<string, unknown> } } };
      stack.resource.aws_instance.host_instance.ami = "ami-0000000000000dead";
      stack.resource.aws_instance.host_instance.user_data = "#!/bin/sh\n";
      fs.writeFileSync(file, JSON.stringify(stack));
      try {
        expect(await account.plan(STACK)).toEqual([]);
      } finally {
        fs.writeFileSync(file, text);
      }
    },
  );
});

test("the sums are those of the objects as they are put, references resolved", () => {
  const files = new Map(
    account
      .world()
      .filter(({ type, attributes }) => type === "aws_s3_object" && String(attributes.bucket).startsWith("small-mvp"))
      .map(({ attributes }) => [String(attributes.key).replace("host/", ""), String(attributes.content)]),
  );
  const sums = files.get("files.md5") ?? "";
  files.delete("files.md5");
  expect(files.get("stack.env")).toMatch(/^DATA_VOLUME_ID='vol-[0-9a-f]{17}'$/m);
  const expected = [...files].map(([path, content]) => `${createHash("md5").update(content).digest("hex")}  ${path}`);
  expect(sums.trimEnd().split("\n").sort()).toEqual(expected.sort());
});

describe("variables that a team flips without Node", () => {
  test("instance type: in place, and the plan says that it stops the host", { timeout: 60_000 }, async () => {
    expect(await account.plan(STACK, "-var=instance_type=t3.large")).toEqual([inPlace("aws_instance.host_instance")]);
    expect(await account.must(STACK, "plan", "-var=instance_type=t3.large")).toMatch(/stop/i);
  });

  test("instance type of another architecture: refused", async () => {
    const { code, stdout, stderr } = await account.terraform(STACK, "plan", "-var=instance_type=t4g.large");
    expect(code).toBe(1);
    expect(stdout + stderr).toContain("built for x86_64");
  });

  test("the data volume grows in place and never shrinks", { timeout: 60_000 }, async () => {
    expect(await account.plan(STACK, "-var=data_volume_gib=60")).toEqual([inPlace("aws_ebs_volume.data_volume")]);
    const { code, stdout, stderr } = await account.terraform(STACK, "plan", "-var=data_volume_gib=10");
    expect(code).toBe(1);
    expect((stdout + stderr).replace(/\s+/g, " ")).toContain("a volume cannot shrink");
  });

  test("SSH ranges open one rule each; the whole internet is refused", { timeout: 60_000 }, async () => {
    expect(await account.plan(STACK, '-var=ssh_cidrs=["203.0.113.7/32"]')).toEqual([
      { address: 'aws_vpc_security_group_ingress_rule.firewall_ssh["203.0.113.7/32"]', actions: ["create"] },
    ]);
    const { code } = await account.terraform(STACK, "plan", '-var=ssh_cidrs=["0.0.0.0/0"]');
    expect(code).toBe(1);
  });

  test("another domain: records, proxy and labels follow, the host stays", { timeout: 60_000 }, async () => {
    const changes = await account.plan(STACK, "-var=domain=other.example");
    expect(changes.map(({ address }) => address).sort()).toEqual([
      "aws_s3_object.config_caddy_caddyfile",
      "aws_s3_object.config_compose_yaml",
      "aws_s3_object.config_files_md5",
      "aws_s3_object.config_stack_env",
    ]);
    expect(changes.every(({ actions }) => actions.join() === "update")).toBe(true);
  });

  test("peering goes on with routes both ways, and off again", { timeout: 120_000 }, async () => {
    const other = await account.outputs("small-staging");
    const peerRoutes = account
      .world()
      .find(({ type, attributes }) => type === "aws_route_table" && attributes.vpc_id === other.vpc_id);
    const on = [
      `-var=peer_vpc_id=${String(other.vpc_id)}`,
      "-var=peer_cidr=10.9.0.0/16",
      `-var=peer_route_table_ids=["${peerRoutes?.id}"]`,
    ];
    const changes = await account.plan(STACK, ...on);
    expect(changes.map(({ address }) => address).sort()).toEqual([
      `aws_route.peering_back["${peerRoutes?.id}"]`,
      "aws_route.peering_there[0]",
      "aws_vpc_peering_connection.peering_connection[0]",
    ]);
    await account.apply(STACK, ...on);
    expect(await account.plan(STACK, ...on)).toEqual([]);
    await account.apply(STACK);
    expect(account.world().filter(({ type }) => type === "aws_vpc_peering_connection")).toEqual([]);
  });

  test("half a peering is refused", async () => {
    const { code, stdout, stderr } = await account.terraform(STACK, "plan", "-var=peer_cidr=10.9.0.0/16");
    expect(code).toBe(1);
    expect((stdout + stderr).replace(/\s+/g, " ")).toContain("peer_cidr and peer_vpc_id go together");
  });

  test.each(["10.0.128.0/20", "10.0.0.0/8", "10.0.0.0/16"])(
    "a peer at %s, which overlaps, is refused",
    async (cidr) => {
      const variables = [`-var=peer_cidr=${cidr}`, "-var=peer_vpc_id=vpc-0123456789abcdef0"];
      const { code, stdout, stderr } = await account.terraform(STACK, "plan", ...variables);
      expect(code).toBe(1);
      expect((stdout + stderr).replace(/\s+/g, " ")).toContain("peer_cidr must not overlap 10.0.0.0/16");
    },
  );
});
