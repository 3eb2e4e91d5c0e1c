/** Load balancers and their groups of targets. */
import type { ApplyInput, Diagnostic, Obj, World, WorldObject } from "../contract";
import { UNKNOWN } from "../wire/value";
import {
  digits,
  fallback,
  type Hooks,
  invalid,
  objects,
  only,
  parsedJson,
  refuse,
  strings,
  text,
  unset,
} from "./service";
import { subnetOf } from "./vpc";

export const ELB_HOOKS: Hooks = {
  aws_lb: { check: checkBalancer, apply: nameBalancer },
  aws_lb_target_group: { validate: validateGroup, apply: settleGroup },
};

const DIGITS_IN_NAME = 10;

/** Zones of the made-up DNS names: one for each region, as AWS has it. */
const zoneId = (region: string): string => `ZSIM${digits(10, "elb zone", region).toUpperCase()}`;

function checkBalancer(input: ApplyInput): Diagnostic[] {
  const { result } = input;
  if ((text(result.load_balancer_type) ?? "application") !== "application") return [];
  return [
    ...(changed(input, "subnets") ? checkSubnets(input) : []),
    ...(changed(input, "access_logs") ? checkLogs(input) : []),
  ];
}

function changed({ prior, result }: ApplyInput, name: string): boolean {
  return JSON.stringify(prior?.[name]) !== JSON.stringify(result[name]);
}

function checkSubnets(input: ApplyInput): Diagnostic[] {
  const { result, world } = input;
  const subnets = strings(result.subnets).map((id) => subnetOf(world, id));
  if (subnets.length === 0 || subnets.includes(undefined)) return [];
  const zones = subnets.map((subnet) => subnet?.attributes.availability_zone);
  const refused = (message: string, detail: string): Diagnostic[] => [refuse(input, message, detail, "subnets")];
  if (new Set(zones).size < zones.length) {
    const message =
      "InvalidConfigurationRequest: A load balancer cannot be attached to multiple subnets in the same Availability Zone";
    return refused(message, `The subnets lie in ${zones.map(String).join(", ")}: give one for each zone.`);
  }
  if (zones.length < 2) {
    const message = "ValidationError: At least two subnets in two different Availability Zones must be specified";
    return refused(message, "Add a subnet in another zone.");
  }
  const vpcId = subnets[0]?.attributes.vpc_id;
  if (result.internal === true || hasGateway(world, vpcId)) return [];
  const detail = "Make the load balancer depend on the internet gateway of its network.";
  return refused(`InvalidSubnet: VPC ${String(vpcId)} has no internet gateway`, detail);
}

function hasGateway(world: World, vpcId: unknown): boolean {
  const attached = [...world.ofType("aws_internet_gateway"), ...world.ofType("aws_internet_gateway_attachment")];
  return attached.some((o) => o.attributes.vpc_id === vpcId);
}

/** The service that writes access logs, and the file that it tries to write first. */
const LOG_SERVICE = "logdelivery.elasticloadbalancing.amazonaws.com";
const TEST_FILE = "ELBAccessLogTestFile";

/** ELB writes a test file when it is told of a bucket; it does so without a key of KMS. */
function checkLogs(input: ApplyInput): Diagnostic[] {
  const { result, world, ctx } = input;
  const logs = only(result.access_logs);
  const bucket = text(logs?.bucket);
  if (logs?.enabled !== true || bucket === undefined) return [];
  const prefix = text(logs.prefix);
  const file = `arn:aws:s3:::${bucket}/${prefix === undefined ? "" : `${prefix}/`}AWSLogs/${ctx.account}/${TEST_FILE}`;
  if (!isEncryptedByKms(world, bucket) && statementsOf(world, bucket).some((one) => allowsLogs(one, file))) return [];
  const message = `InvalidConfigurationRequest: Access Denied for bucket: ${bucket}. Please check S3bucket permission`;
  const detail = `The policy of the bucket must let ${LOG_SERVICE} put ${file}, and be there first; the bucket's default encryption must be SSE-S3.`;
  return [refuse(input, message, detail, "access_logs")];
}

function isEncryptedByKms(world: World, bucket: string): boolean {
  const configured = world.ofType("aws_s3_bucket_server_side_encryption_configuration");
  const rules = configured.filter((o) => o.attributes.bucket === bucket).flatMap((o) => objects(o.attributes.rule));
  return rules.some((rule) => text(only(rule.apply_server_side_encryption_by_default)?.sse_algorithm) !== "AES256");
}

function statementsOf(world: World, bucket: string): Obj[] {
  const policies = world.ofType("aws_s3_bucket_policy").filter((o) => o.attributes.bucket === bucket);
  return policies.flatMap((o) => objects((parsedJson(o.attributes.policy) as Obj | undefined)?.Statement));
}

function allowsLogs(statement: Obj, file: string): boolean {
  const principals = listOf((statement.Principal as Obj | undefined)?.Service);
  return (
    statement.Effect === "Allow" &&
    principals.includes(LOG_SERVICE) &&
    listOf(statement.Action).some((action) => ["s3:PutObject", "s3:*"].includes(action)) &&
    listOf(statement.Resource).some((pattern) => matches(pattern, file))
  );
}

const listOf = (value: unknown): string[] => (typeof value === "string" ? [value] : strings(value));

function matches(pattern: string, value: string): boolean {
  const escaped = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`).test(value);
}

function nameBalancer({ config, prior, result, ctx, world }: ApplyInput): { result: Obj } {
  if (prior) return { result };
  const number = parseInt(digits(12, result.arn), 16).toString().slice(0, DIGITS_IN_NAME);
  const internal = result.internal === true ? "internal-" : "";
  const settled = fallback(result, config, { ip_address_type: "ipv4", internal: false });
  return {
    result: {
      ...settled,
      arn_suffix: suffixOf(result.arn),
      dns_name: `${internal}${String(result.name)}-${number}.${ctx.region}.elb.amazonaws.com`,
      zone_id: zoneId(ctx.region),
      vpc_id: subnetOf(world, strings(result.subnets)[0])?.attributes.vpc_id ?? result.vpc_id,
    },
  };
}

/** What metrics name a load balancer or a group by. */
function suffixOf(arn: unknown): string {
  const resource = String(arn).split(":").slice(5).join(":");
  return resource.startsWith("loadbalancer/") ? resource.slice("loadbalancer/".length) : resource;
}

const NEEDED = ["port", "protocol", "vpc_id"];

function validateGroup(config: Obj): Diagnostic[] {
  const type = text(config.target_type) ?? "instance";
  const missing = type === "lambda" ? [] : NEEDED.filter((name) => unset(config[name]));
  const check = only(config.health_check);
  const [interval, timeout] = [check?.interval, check?.timeout];
  return [
    ...missing.map((name) =>
      invalid(`Attribute "${name}" must be specified when "target_type" is "${type}".`, "", "target_type"),
    ),
    ...(typeof interval === "number" && typeof timeout === "number" && interval <= timeout
      ? [
          invalid(
            "ValidationError: Health check interval must be greater than the timeout.",
            `The interval is ${interval} and the timeout ${timeout} seconds.`,
            "health_check",
          ),
        ]
      : []),
  ];
}

/** Source: Elastic Load Balancing API, TargetGroup and target group attributes. */
const GROUP_DEFAULTS = {
  ip_address_type: "ipv4",
  protocol_version: "HTTP1",
  load_balancing_algorithm_type: "round_robin",
  load_balancing_anomaly_mitigation: "off",
  load_balancing_cross_zone_enabled: "use_load_balancer_configuration",
};

function settleGroup({ config, prior, result }: ApplyInput): { result: Obj } {
  if (prior) return { result };
  return { result: { ...fallback(result, config, GROUP_DEFAULTS), arn_suffix: suffixOf(result.arn) } };
}

/** Load balancers that a target group is attached to, through a listener or a rule. */
export function balancersOf(world: World, groupArn: unknown): string[] {
  const listeners = world.ofType("aws_lb_listener");
  const direct = listeners.filter((o) => groupsOf(o.attributes.default_action).includes(groupArn));
  const ruled = world.ofType("aws_lb_listener_rule").filter((o) => groupsOf(o.attributes.action).includes(groupArn));
  const byRule = ruled.flatMap((rule) => listeners.filter((o) => o.attributes.arn === rule.attributes.listener_arn));
  return [...new Set([...direct, ...byRule].map((o) => String(o.attributes.load_balancer_arn)))];
}

/** ARNs of all target groups that actions lead to. */
export function groupsOf(actions: unknown): unknown[] {
  return objects(actions).flatMap((action) => [
    ...(text(action.target_group_arn) === undefined ? [] : [action.target_group_arn]),
    ...objects(action.forward).flatMap((forward) => objects(forward.target_group).map((group) => group.arn)),
  ]);
}

/** The object of a type with this ARN; undefined for what is not known or not there. */
export function byArn(world: World, type: string, arn: unknown): WorldObject | undefined {
  return arn === UNKNOWN ? undefined : world.ofType(type).find((o) => o.attributes.arn === arn);
}
