/** Load balancers, their groups of targets, and their names. */
import { describe, expect, test } from "vitest";
import type { Obj, World, WorldObject } from "../../../scripts/simulator/contract";
import { UNKNOWN } from "../../../scripts/simulator/wire/value";
import { Account, checkCreation, created, CTX, KNOWN, object, REGION, summaries, the } from "../facts/account";

const elb = (resource: string): string => `arn:aws:elasticloadbalancing:${REGION}:${CTX.account}:${resource}`;
const BALANCER = elb("loadbalancer/app/web/0123456789abcdef");
const GROUP = elb("targetgroup/api/2222222222222222");

const validate = (type: string, config: Obj): string[] =>
  summaries([...KNOWN.validate(type, config, CTX), ...(KNOWN.hooks(type).validate?.(config, CTX) ?? [])]);
const refusals = (type: string, config: Obj, world: World): string[] => summaries(checkCreation(type, config, world));

const subnet = (id: string, zone: string): WorldObject =>
  object("aws_subnet", id, { vpc_id: "vpc-1", availability_zone: `${REGION}${zone}` });
const NETWORK = [
  object("aws_vpc", "vpc-1"),
  subnet("subnet-a", "a"),
  subnet("subnet-a2", "a"),
  subnet("subnet-b", "b"),
  object("aws_internet_gateway", "igw-1", { vpc_id: "vpc-1" }),
];

describe("load balancers", () => {
  const balancer = (subnets: string[], more: Obj = {}): Obj => ({ name: "web", subnets, ...more });

  test("stand in two zones, with one subnet each", () => {
    const world = new Account(...NETWORK);
    expect(refusals("aws_lb", balancer(["subnet-a", "subnet-b"]), world)).toEqual([]);
    expect(refusals("aws_lb", balancer(["subnet-a"]), world)[0]).toContain(
      "At least two subnets in two different Availability Zones must be specified",
    );
    expect(refusals("aws_lb", balancer(["subnet-a", "subnet-a2"]), world)[0]).toContain(
      "cannot be attached to multiple subnets in the same Availability Zone",
    );
  });

  test("for the public need an internet gateway, which cannot go before them", () => {
    const closed = new Account(...NETWORK.filter(({ type }) => type !== "aws_internet_gateway"));
    const subnets = ["subnet-a", "subnet-b"];
    expect(refusals("aws_lb", balancer(subnets), closed)[0]).toContain("VPC vpc-1 has no internet gateway");
    expect(refusals("aws_lb", balancer(subnets, { internal: true }), closed)).toEqual([]);
    const gateway = the(NETWORK.at(-1));
    const removal = (internal: boolean): string[] => {
      const world = new Account(...NETWORK, object("aws_lb", BALANCER, { vpc_id: "vpc-1", internal }));
      return summaries(KNOWN.checkDestroy(gateway, CTX, world));
    };
    expect(removal(false)[0]).toContain("Network vpc-1 has some mapped public address(es)");
    expect(removal(true)).toEqual([]);
  });

  test("are called by name, number and region", () => {
    const made = created("aws_lb", balancer(["subnet-a", "subnet-b"]), new Account(...NETWORK), { arn: BALANCER });
    expect(made).toMatchObject({ arn_suffix: "app/web/0123456789abcdef", vpc_id: "vpc-1" });
    expect(made.dns_name).toMatch(new RegExp(`^web-\\d{10}\\.${REGION}\\.elb\\.amazonaws\\.com$`));
    const other = created("aws_lb", balancer(["subnet-a"]), new Account(...NETWORK), { arn: `${BALANCER}0` });
    expect(other.dns_name).not.toBe(made.dns_name);
    expect(other.zone_id).toBe(made.zone_id);
  });

  describe("write access logs only where they may", () => {
    const logs = (world: WorldObject[], more: Obj = {}): string[] => {
      const access_logs = [{ bucket: "logs", enabled: true, ...more }];
      const bucket = object("aws_s3_bucket", "logs", { bucket: "logs" }, "global");
      return refusals("aws_lb", { name: "web", access_logs }, new Account(bucket, ...world));
    };
    const policy = (changes: Obj = {}): WorldObject => {
      const statement = {
        Effect: "Allow",
        Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
        Action: ["s3:PutObject"],
        Resource: [`arn:aws:s3:::logs/AWSLogs/${CTX.account}/*`],
        ...changes,
      };
      const text = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
      return object("aws_s3_bucket_policy", "logs", { bucket: "logs", policy: text }, "global");
    };
    const encryption = (sse_algorithm: string): WorldObject =>
      object("aws_s3_bucket_server_side_encryption_configuration", "logs", {
        bucket: "logs",
        rule: [{ apply_server_side_encryption_by_default: [{ sse_algorithm }] }],
      });
    const DENIED = "InvalidConfigurationRequest: Access Denied for bucket: logs. Please check S3bucket permission";

    test("with a policy for the service, and S3's own key", () => {
      expect(logs([policy()])).toEqual([]);
      expect(logs([policy(), encryption("AES256")])).toEqual([]);
      expect(logs([policy({ Action: "s3:PutObject", Resource: "arn:aws:s3:::logs/*" })])).toEqual([]);
      expect(logs([], { enabled: false })).toEqual([]);
    });

    test.each<[string, WorldObject[], Obj]>([
      ["no policy", [], {}],
      ["a policy that denies", [policy({ Effect: "Deny" })], {}],
      ["another service", [policy({ Principal: { Service: "delivery.logs.amazonaws.com" } })], {}],
      ["another action", [policy({ Action: ["s3:GetObject"] })], {}],
      ["another account", [policy({ Resource: ["arn:aws:s3:::logs/AWSLogs/999999999999/*"] })], {}],
      ["another prefix", [policy()], { prefix: "alb" }],
      ["a key of KMS", [policy(), encryption("aws:kms")], {}],
    ])("%s", (_what, world, more) => {
      expect(logs(world, more)).toEqual([`creating aws_lb: ${DENIED}`]);
    });
  });
});

describe("target groups", () => {
  const group = (changes: Obj = {}): Obj => ({
    name: "api",
    target_type: "ip",
    port: 80,
    protocol: "HTTP",
    vpc_id: "vpc-1",
    ...changes,
  });

  test("of addresses have port, protocol and network", () => {
    expect(validate("aws_lb_target_group", group())).toEqual([]);
    expect(validate("aws_lb_target_group", group({ vpc_id: UNKNOWN }))).toEqual([]);
    expect(validate("aws_lb_target_group", group({ vpc_id: null, port: null }))).toEqual([
      'Attribute "port" must be specified when "target_type" is "ip".',
      'Attribute "vpc_id" must be specified when "target_type" is "ip".',
    ]);
    expect(validate("aws_lb_target_group", { name: "api", target_type: "lambda" })).toEqual([]);
  });

  test("check less often than a check may take", () => {
    const check = (interval: unknown, timeout: number): string[] =>
      validate("aws_lb_target_group", group({ health_check: [{ interval, timeout }] }));
    expect(check(10, 5)).toEqual([]);
    expect(check(UNKNOWN, 5)).toEqual([]);
    expect(check(5, 5)).toEqual(["ValidationError: Health check interval must be greater than the timeout."]);
  });

  test("are called by their suffix in metrics", () => {
    const made = created("aws_lb_target_group", group(), new Account(), { arn: GROUP, protocol_version: "?" });
    expect(made).toMatchObject({ arn_suffix: "targetgroup/api/2222222222222222", protocol_version: "HTTP1" });
  });
});

describe("aliases of load balancers", () => {
  const balancer = object("aws_lb", BALANCER, { dns_name: `web-1.${REGION}.elb.amazonaws.com`, zone_id: "ZLB" });
  const zone = object("aws_route53_zone", "Z1", { zone_id: "Z1", name: "shop.example" }, "global");
  const refused = (name: string, zone_id: string): string[] =>
    refusals(
      "aws_route53_record",
      { zone_id: "Z1", name: "shop.example", type: "A", alias: [{ name, zone_id }] },
      new Account(balancer, zone),
    );

  test("name one that is there, and its own zone", () => {
    const name = `web-1.${REGION}.elb.amazonaws.com`;
    expect(refused(name, "ZLB")).toEqual([]);
    expect(refused(`dualstack.${name}.`, "ZLB")).toEqual([]);
    expect(refused("d111.cloudfront.net", "Z2FDTNDATAQYW2")).toEqual([]);
    expect(refused(name, "Z1")[0]).toContain("does not lie within the target zone");
    expect(refused(`web-2.${REGION}.elb.amazonaws.com`, "ZLB")).toHaveLength(1);
  });
});
