import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { DataAwsSubnet } from "@cdktf/provider-aws/lib/data-aws-subnet";
import { DataAwsVpc } from "@cdktf/provider-aws/lib/data-aws-vpc";
import { DlmLifecyclePolicy } from "@cdktf/provider-aws/lib/dlm-lifecycle-policy";
import { EbsVolume } from "@cdktf/provider-aws/lib/ebs-volume";
import { EcrRepository } from "@cdktf/provider-aws/lib/ecr-repository";
import { FlowLog } from "@cdktf/provider-aws/lib/flow-log";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Instance } from "@cdktf/provider-aws/lib/instance";
import { Route } from "@cdktf/provider-aws/lib/route";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { VpcPeeringConnection } from "@cdktf/provider-aws/lib/vpc-peering-connection";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import type { TerraformStack } from "cdktf";
import { describe, expect, test } from "vitest";
import type { AppInput, ResolvedStack } from "../../modules/spec";
import { buildStack } from "../../stacks";
import { MvpStack } from "../../stacks/mvp-stack";
import { addresses, onlyOne, statementsOf } from "../helpers/inspect";
import { resourcesOf } from "../helpers/synth";
import { definitionOf, definitionsOf, synthStack } from "./support";

const synthMvp = (changes: Partial<AppInput> = {}) => synthStack((scope) => buildStack(scope, definitionOf(changes)));

const api = {
  image: { build: {} },
  port: 8080,
  route: { hosts: ["shop.example"] },
} satisfies AppInput["services"][string];

const routed: Partial<AppInput> = { services: { api }, dns: { domain: "shop.example" } };
const small = synthMvp();

describe("an app that says little", () => {
  test("gets one host with what belongs to it, and nothing that it did not ask for", () => {
    expect(small).toHaveResourceCount(Instance, 1);
    expect(small).toHaveResourceCount(EbsVolume, 1);
    expect(small).toHaveResourceCount(S3Bucket, 1);
    for (const absent of [EcrRepository, FlowLog, DlmLifecyclePolicy]) expect(small).toHaveResourceCount(absent, 0);
    const managed =
      /_(nat_gateway|lb|db_instance|rds_cluster|elasticache_\w+|ecs_\w+|eks_\w+|key_pair|iam_user|iam_access_key)\./;
    expect(addresses(small).filter((address) => managed.test(address))).toEqual([]);
  });

  test("opens no port to the world as long as nothing is routed", () => {
    expect(Object.keys(resourcesOf(small, VpcSecurityGroupIngressRule))).toEqual(["firewall_ssh"]);
  });

  test("is watched: alarms that mail, a dashboard, a log group per container", () => {
    expect(small).toHaveResource(CloudwatchMetricAlarm);
    expect(small).toHaveResourceCount(CloudwatchDashboard, 1);
    expect(Object.keys(resourcesOf(small, CloudwatchLogGroup))).toEqual(["logs_api", "logs_postgres"]);
  });
});

describe("the network", () => {
  test("of its own: the host waits for its way out", () => {
    expect(onlyOne(small, Instance).depends_on).toEqual(
      expect.arrayContaining(["aws_route.network_internet", "aws_route_table_association.network_public_a_routes"]),
    );
  });

  test("with flow logs where days are given", () => {
    expect(synthMvp({ network: { flowLogDays: 14 } })).toHaveResourceCount(FlowLog, 1);
  });

  const existing = { vpcId: "vpc-0123456789abcdef0", subnetId: "subnet-0123456789abcdef0" };

  test("that exists: read, not made, and without peering while its route table is unknown", () => {
    const json = synthMvp({ network: { existing } });
    expect(json).toHaveDataSourceWithProperties(DataAwsVpc, { id: existing.vpcId });
    expect(json).toHaveDataSourceWithProperties(DataAwsSubnet, { id: existing.subnetId });
    for (const absent of [Vpc, Route, VpcPeeringConnection]) expect(json).toHaveResourceCount(absent, 0);
    expect(json).toHaveResourceWithProperties(EbsVolume, {
      availability_zone: "${data.aws_subnet.host_subnet.availability_zone}",
    });
    expect(json).not.toHaveVariable("peer_vpc_id");
  });

  test("that exists, with its route table: can be peered", () => {
    const json = synthMvp({ network: { existing: { ...existing, routeTableId: "rtb-0123456789abcdef0" } } });
    expect(json).toHaveResourceCount(VpcPeeringConnection, 1);
    expect(resourcesOf(json, Route).peering_there).toMatchObject({ route_table_id: "rtb-0123456789abcdef0" });
    expect(resourcesOf(json, Route).peering_back).toMatchObject({
      destination_cidr_block: "${data.aws_vpc.vpc.cidr_block}",
    });
  });
});

describe("the way in", () => {
  const rules = (changes: Partial<AppInput>) =>
    Object.keys(resourcesOf(synthMvp(changes), VpcSecurityGroupIngressRule));

  test.each<[what: string, changes: Partial<AppInput>, ids: string[]]>([
    ["a route", routed, ["firewall_http", "firewall_https", "firewall_ssh"]],
    [
      "a route without TLS",
      { ...routed, ingress: { tls: { off: "behind a tunnel" } } },
      ["firewall_http", "firewall_ssh"],
    ],
    [
      "a port of its own",
      {
        services: { api: { ...api, route: undefined, hostPort: 18080 } },
        ingress: { directCidrs: ["203.0.113.0/24"] },
      },
      ["firewall_direct_api", "firewall_ssh"],
    ],
  ])("%s", (_what, changes, ids) => {
    expect(rules(changes)).toEqual(ids);
  });

  test("the CDN only, by a variable", () => {
    const json = synthMvp({ ...routed, ingress: { origin: "cloudflare" } });
    expect(json).toHaveVariable("origin_cidrs");
    expect(resourcesOf(json, VpcSecurityGroupIngressRule).firewall_https).toMatchObject({
      for_each: "${toset(var.origin_cidrs)}",
    });
  });
});

describe("what can be turned off", () => {
  test.each<[what: string, changes: Partial<AppInput>, absent: RegExp]>([
    ["alarms", { observability: { alarms: { off: "nobody is on call" } } }, /^aws_cloudwatch_metric_alarm\./],
    ["the dashboard", { observability: { dashboard: false } }, /^aws_cloudwatch_dashboard\./],
    ["logs in CloudWatch", { observability: { logs: "local" } }, /^aws_cloudwatch_log_group\./],
  ])("%s", (_what, changes, absent) => {
    const there = (json: string) => addresses(json).filter((address) => absent.test(address));
    expect(there(small)).not.toEqual([]);
    expect(there(synthMvp(changes))).toEqual([]);
  });

  test("the topic stays without alarms, so that they can come back", () => {
    expect(synthMvp({ observability: { alarms: { off: "nobody is on call" } } })).toHaveResourceCount(SnsTopic, 1);
  });

  test("without logs in CloudWatch the host may write none", () => {
    const sids = (json: string) => statementsOf(onlyOne(json, IamRolePolicy).policy).map(({ Sid }) => Sid);
    expect(sids(small)).toContain("OwnLogs");
    expect(sids(synthMvp({ observability: { logs: "local" } }))).not.toContain("OwnLogs");
  });

  test("the protection, of the volume and the bucket alike", () => {
    const guards = (json: string) => [onlyOne(json, EbsVolume).lifecycle, onlyOne(json, S3Bucket).lifecycle];
    expect(guards(small)).toEqual([{ prevent_destroy: true }, { prevent_destroy: true }]);
    expect(guards(synthMvp({ protect: { off: "a demonstration" } }))).toEqual([
      { prevent_destroy: false },
      { prevent_destroy: false },
    ]);
  });
});

describe("the host", () => {
  test("waits for its rights, and its configuration for a bucket that keeps versions", () => {
    expect(onlyOne(small, Instance).depends_on).toEqual(
      expect.arrayContaining([
        "aws_iam_role_policy_attachment.host_access_session_manager",
        "aws_iam_role_policy.host_access_policy",
      ]),
    );
    for (const file of Object.values(resourcesOf(small, S3Object))) {
      expect(file.depends_on).toContain("aws_s3_bucket_versioning.backups_versioning");
    }
  });

  test("may make the secrets that are generated, and not those that a person provides", () => {
    const secrets = { MADE: {}, GIVEN: { source: "provided" } } as const;
    const statements = statementsOf(onlyOne(synthMvp({ secrets }), IamRolePolicy).policy);
    const writable = statements.find(({ Sid }) => Sid === "MakeSecretParameters")?.Resource;
    expect(JSON.stringify(writable)).toContain("/secret/MADE");
    expect(JSON.stringify(writable)).not.toContain("/secret/GIVEN");
  });

  test("has credits only where the type earns them", () => {
    expect(onlyOne(small, Instance).credit_specification).toEqual({ cpu_credits: "unlimited" });
    expect(onlyOne(synthMvp({ host: { instanceType: "m7i.large" } }), Instance)).not.toHaveProperty(
      "credit_specification",
    );
    expect(onlyOne(synthMvp({ host: { instanceType: "t3.large", cpuCredits: "standard" } }), Instance)).toMatchObject({
      credit_specification: { cpu_credits: "standard" },
    });
  });

  test("Spot is another resource, so that choosing it replaces the instance; the host gets a watcher", () => {
    const spot = synthMvp({ host: { spot: true } });
    const added = addresses(spot).filter((address) => !addresses(small).includes(address));
    const removed = addresses(small).filter((address) => !addresses(spot).includes(address));
    expect({ added, removed }).toEqual({
      added: [
        "aws_instance.host_spot_instance",
        "aws_s3_object.config_systemd_shop_spot_service",
        "terraform_data.host_type",
      ],
      removed: ["aws_instance.host_instance"],
    });
  });

  test("snapshots find the volume by its tag", () => {
    const json = synthMvp({ host: { snapshotsKept: 7 } });
    const policy = onlyOne(json, DlmLifecyclePolicy).policy_details as { target_tags: object };
    expect(onlyOne(json, EbsVolume).tags).toMatchObject(policy.target_tags);
    expect(onlyOne(small, EbsVolume).tags).toEqual({ Name: "shop-mvp-data" });
  });
});

describe("changing a service", () => {
  test("changes objects of the host's configuration and nothing else, least of all the instance", () => {
    type Stack = { resource: Record<string, unknown>; variable: Record<string, unknown> };
    const before = JSON.parse(synthMvp(routed)) as Stack;
    const changed = { ...routed, services: { api: { ...api, env: { LOG: "debug" }, memoryMiB: 768 } } };
    const after = JSON.parse(synthMvp(changed)) as Stack;
    expect(after.resource.aws_s3_object).not.toEqual(before.resource.aws_s3_object);
    expect({ ...after.resource, aws_s3_object: {} }).toEqual({ ...before.resource, aws_s3_object: {} });
    // More memory for a service raises what the variable asks of an instance type; that changes no resource.
    const rest = ({ variable, ...stack }: Stack) => ({
      ...stack,
      resource: {},
      variable: { ...variable, instance_type: {} },
    });
    expect(rest(after)).toEqual(rest(before));
  });
});

describe("two environments of one app", () => {
  test("share no physical name", () => {
    const literal = (json: string) =>
      [...json.matchAll(/"(?:name|bucket|alarm_name|dashboard_name)": "([^"$]+)"/g)].map(([, name]) => name);
    const [production, staging] = definitionsOf({
      ...routed,
      environments: {
        staging: {
          network: { cidr: "10.9.0.0/16" },
          dns: { domain: "shop.test" },
          services: { api: { route: { hosts: ["shop.test"] } } },
        },
      },
    }).map((definition) =>
      literal(synthStack((scope) => new MvpStack(scope, definition))).filter((name) => /shop/.test(name ?? "")),
    );
    expect(production?.length).toBeGreaterThan(10);
    expect(staging).toHaveLength(production?.length ?? 0);
    expect(production?.filter((name) => staging?.includes(name))).toEqual([]);
  });
});

describe("literal names", () => {
  /** The mvp stack with the ids that take a literal name. */
  class OpenStack extends MvpStack {
    readonly known = this.names.known.bind(this.names);
  }

  test.each<[what: string, changes: Partial<AppInput>]>([
    ["a small app", {}],
    [
      "an app with everything",
      {
        ...routed,
        network: { flowLogDays: 14, zones: ["a", "b"] },
        host: { snapshotsKept: 7 },
        cache: { mode: "own" },
        secrets: { KEY: { store: "secrets-manager" } },
      },
    ],
    ["a Spot host", { host: { spot: true } }],
  ])("are asked for by the logical id that stands in the JSON: %s", (_what, changes) => {
    const definition: ResolvedStack = definitionOf(changes);
    const stacks: OpenStack[] = [];
    const json = synthStack((scope): TerraformStack => {
      const stack = new OpenStack(scope, definition);
      stacks.push(stack);
      return stack;
    });
    const ids = new Set(addresses(json).map((address) => address.split(".").at(-1)));
    const parameters = Object.entries(definition.app.secrets)
      .filter(([, { store }]) => store === "ssm")
      .map(([name]) => `secret_${name.toLowerCase()}`);
    const unknown = stacks.flatMap((stack) => stack.known()).filter((id) => !ids.has(id));
    expect(unknown.sort((one, other) => one.localeCompare(other))).toEqual(
      parameters.sort((one, other) => one.localeCompare(other)),
    );
  });
});
