/** The words of the messages, and the ways of blocks, elements and unknown values. */
import { describe, expect, test } from "vitest";
import type { Obj } from "../../../scripts/simulator/contract";
import { commonBlock } from "../../../scripts/simulator/facts/paths";
import { UNKNOWN } from "../../../scripts/simulator/wire/value";
import { CTX, KNOWN } from "./account";

const validate = (type: string, config: Obj) => KNOWN.validate(type, config, CTX);

describe("messages", () => {
  test.each<[string, string, Obj, { summary: string; detail?: string; path?: unknown }]>([
    [
      "an enum in a block",
      "aws_s3_bucket_versioning",
      { versioning_configuration: [{ status: "Enable" }] },
      {
        summary:
          'expected versioning_configuration.0.status to be one of ["Enabled" "Suspended" "Disabled"], got Enable',
        path: ["versioning_configuration", 0, "status"],
      },
    ],
    [
      "conflicting arguments",
      "aws_security_group",
      { name: "a", name_prefix: "b" },
      { summary: "Conflicting configuration arguments", detail: '"name": conflicts with name_prefix', path: ["name"] },
    ],
    [
      "an alarm period that is neither in the list nor whole minutes",
      "aws_cloudwatch_metric_alarm",
      { period: 90 },
      { summary: "expected period to be one of [10 20 30], or be divisible by 60, got 90" },
    ],
    [
      "a recovery window between the allowed ones",
      "aws_secretsmanager_secret",
      { recovery_window_in_days: 3 },
      { summary: "expected recovery_window_in_days to be one of [0], or be in the range (7 - 30), got 3" },
    ],
    [
      "too many actions",
      "aws_cloudwatch_metric_alarm",
      { ok_actions: ["a", "b", "c", "d", "e", "f"] },
      {
        summary: "Too many list items",
        detail: "Attribute ok_actions supports 5 item maximum, but config has 6 declared.",
      },
    ],
    [
      "host bits in a range",
      "aws_vpc",
      { cidr_block: "10.0.3.0/16" },
      { summary: '"10.0.3.0/16" is not a valid IPv4 CIDR block (cidr_block); did you mean "10.0.0.0/16"?' },
    ],
    [
      "two targets of a route",
      "aws_route",
      { route_table_id: "r", destination_cidr_block: "0.0.0.0/0", gateway_id: "igw-1", nat_gateway_id: "nat-1" },
      { summary: "Invalid combination of arguments", path: ["gateway_id"] },
    ],
    [
      "a parameter without a value",
      "aws_ssm_parameter",
      { name: "x", type: "String" },
      {
        summary: "Invalid combination of arguments",
        detail: '"insecure_value": one of `insecure_value,value,value_wo` must be specified',
      },
    ],
    [
      "a write-only value without its version",
      "aws_ssm_parameter",
      { name: "x", type: "SecureString", value_wo: "s" },
      {
        summary: "Missing required argument",
        detail: '"value_wo": all of `value_wo,value_wo_version` must be specified',
      },
    ],
  ])("%s", (_name, type, config, expected) => {
    expect(validate(type, config)).toEqual(expect.arrayContaining([expect.objectContaining(expected)]));
  });
});

describe("values that pass", () => {
  test.each<[string, string, Obj]>([
    ["whole minutes", "aws_cloudwatch_metric_alarm", { period: 300, metric_query: [] }],
    [
      "a percentile in a metric query",
      "aws_cloudwatch_metric_alarm",
      { metric_query: [{ metric: [{ stat: "p95.5" }] }] },
    ],
    ["no recovery window", "aws_secretsmanager_secret", { recovery_window_in_days: 0 }],
    ["a protocol by number", "aws_vpc_security_group_egress_rule", { ip_protocol: "50", cidr_ipv4: "10.0.0.0/8" }],
    ["months of performance insights", "aws_db_instance", { performance_insights_retention_period: 93 }],
    ["an unknown value", "aws_s3_bucket_versioning", { versioning_configuration: [{ status: UNKNOWN }] }],
    ["an unknown block", "aws_s3_bucket_versioning", { versioning_configuration: UNKNOWN }],
    ["an unknown one of two", "aws_security_group", { name: "a", name_prefix: UNKNOWN }],
    ["an unknown one of several", "aws_ssm_parameter", { value: UNKNOWN }],
    ["an empty block beside the other", "aws_route53_record", { alias: [], records: ["a"], ttl: 60 }],
    ["a type without facts", "aws_unheard_of", { anything: "goes" }],
  ])("%s", (_name, type, config) => {
    expect(validate(type, config)).toEqual([]);
  });

  test("a retention that CloudWatch does not have", () => {
    expect(validate("aws_cloudwatch_log_group", { retention_in_days: 31 })).toHaveLength(1);
    expect(validate("aws_cloudwatch_log_group", { retention_in_days: 30 })).toEqual([]);
  });
});

test("every element of a repeated block is judged by itself", () => {
  const rule = { id: "r", status: "Enabled" };
  const found = validate("aws_s3_bucket_lifecycle_configuration", {
    rule: [rule, { ...rule, status: "On" }, { ...rule, noncurrent_version_expiration: [{ noncurrent_days: 0 }] }],
  });
  expect(found.map(({ path }) => path)).toEqual([
    ["rule", 2, "noncurrent_version_expiration", 0, "noncurrent_days"],
    ["rule", 1, "status"],
  ]);
});

test("a combination counts within one element, not across them", () => {
  const rotation = (...rules: Obj[]) => validate("aws_secretsmanager_secret_rotation", { rotation_rules: rules });
  const [days, schedule] = [{ automatically_after_days: 7 }, { schedule_expression: "rate(7 days)" }];
  expect(rotation(days, schedule)).toEqual([]);
  expect(rotation({ ...days, ...schedule }).map(({ summary }) => summary)).toContain(
    "Conflicting configuration arguments",
  );
  expect(rotation({}).map(({ summary }) => summary)).toEqual(["Invalid combination of arguments"]);
});

test.each<[string[], string]>([
  [["a", "b"], ""],
  [["a.b", "a.c"], "a"],
  [["a.b.c", "a.d"], "a"],
  [["a.b", "b"], ""],
  [["a.b.c", "a.b.d", "a.b.e"], "a.b"],
])("the common block of %j is %j", (paths, block) => {
  expect(commonBlock(paths)).toBe(block);
});
