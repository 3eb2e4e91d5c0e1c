/** What configurations name must exist: every entry of the data file, good and bad. */
import { describe, expect, test } from "vitest";
import { readFacts, readTypes } from "../../../scripts/simulator/facts/load";
import type { ReferenceFacts, Target } from "../../../scripts/simulator/facts/references";
import type { Attribute } from "../../../scripts/simulator/schema/types";
import {
  Account,
  bindingsHave,
  checkCreation,
  configWith,
  creation,
  CTX,
  cut,
  KNOWN,
  object,
  REGION,
  schemaOf,
  summaries,
  the,
} from "./account";

const REFERENCES = readFacts("references.json") as ReferenceFacts;

/** Where a target is named: exact arguments, and the first type that has an argument of a general name. */
function uses(): { type: string; path: string; target: Target }[] {
  const exact = Object.entries(REFERENCES.arguments).flatMap(([place, name]) => {
    const [type, path] = cut(place);
    return name === null ? [] : [{ type, path, target: the(REFERENCES.targets[name]) }];
  });
  const general = Object.entries(REFERENCES.attributes).map(([attribute, name]) => {
    const type = [...readTypes().keys()].find((candidate) => settable(candidate, attribute));
    if (type === undefined) throw new Error(`no type has a top-level argument ${attribute}`);
    return { type, path: attribute, target: the(REFERENCES.targets[name]) };
  });
  return [...exact, ...general];
}

function settable(type: string, name: string): boolean {
  const attribute: Attribute | undefined = schemaOf(type)?.block.attributes.find((a) => a.name === name);
  const exempt = REFERENCES.arguments[`${type}.${name}`] !== undefined;
  return attribute !== undefined && !exempt && (attribute.optional || attribute.required);
}

describe("references", () => {
  const places = uses();

  test("the data names arguments and attributes that exist", () => {
    const named = Object.values(REFERENCES.targets).flatMap(({ objects }) => objects);
    const wrong = [...named, ...Object.keys(REFERENCES.arguments)].filter((place) => {
      const [type, path] = cut(place);
      return !bindingsHave(schemaOf(type), path);
    });
    expect(wrong).toEqual([]);
    console.log(`references tried: ${places.length}`);
    expect(places.length).toBe(67);
  });

  test.each(places)("$type.$path must name something that exists", ({ type, path, target }) => {
    const value = `${target.prefix ?? ""}something`;
    const config = configWith([path, value]);
    const refused = summaries(checkCreation(type, config)).filter((s) =>
      s.includes(the(target.error.split(/[:{]/)[0])),
    );
    expect(refused).toHaveLength(1);
    for (const place of target.objects) {
      const [holder, attribute] = cut(place);
      const region = target.global ? "global" : REGION;
      const id = attribute === "id" ? value : "other";
      const account = new Account(object(holder, id, attribute === "id" ? {} : { [attribute]: value }, region));
      const left = summaries(checkCreation(type, config, account));
      expect({ place, left: left.filter((summary) => refused.includes(summary)) }).toEqual({ place, left: [] });
    }
  });

  test("an object of another region is not there", () => {
    const account = new Account(object("aws_vpc", "vpc-1", {}, "us-east-1"));
    expect(summaries(checkCreation("aws_internet_gateway", { vpc_id: "vpc-1" }, account))).toEqual([
      "creating aws_internet_gateway: InvalidVpcID.NotFound: The vpc ID 'vpc-1' does not exist",
    ]);
  });

  const TOPIC = `arn:aws:sns:${REGION}:${CTX.account}:alerts`;

  test("an ARN of the account must exist", () => {
    const config = { alarm_name: "cpu", alarm_actions: [TOPIC] };
    expect(summaries(checkCreation("aws_cloudwatch_metric_alarm", config))).toEqual([
      `creating aws_cloudwatch_metric_alarm: NotFound: Topic does not exist: ${TOPIC}`,
    ]);
    const account = new Account(object("aws_sns_topic", TOPIC, { arn: TOPIC }));
    expect(checkCreation("aws_cloudwatch_metric_alarm", config, account)).toEqual([]);
  });

  test.each([
    ["of another account", `arn:aws:sns:${REGION}:210987654321:alerts`],
    ["of AWS", `arn:aws:automate:${REGION}:ec2:recover`],
    ["of a kind that is not simulated", `arn:aws:robots:${REGION}:${CTX.account}:robot/one`],
    ["of a role that AWS makes itself", `arn:aws:iam::${CTX.account}:role/aws-service-role/ecs.amazonaws.com/x`],
    ["with a wildcard", `arn:aws:sns:${REGION}:${CTX.account}:alerts-*`],
  ])("an ARN %s is not looked up", (_name, arn) => {
    expect(checkCreation("aws_cloudwatch_metric_alarm", { alarm_name: "cpu", alarm_actions: [arn] })).toEqual([]);
  });

  test("ARNs of parts name the whole: keys of a bucket, streams of a log group", () => {
    const group = `arn:aws:logs:${REGION}:${CTX.account}:log-group:/app`;
    const account = new Account(
      object("aws_cloudwatch_log_group", "/app", { name: "/app", arn: group }),
      object("aws_s3_bucket", "logs", { bucket: "logs", arn: "arn:aws:s3:::logs" }, REGION),
    );
    for (const log_destination of [`${group}:*`, "arn:aws:s3:::logs/flow/"]) {
      expect(checkCreation("aws_flow_log", { log_destination }, account)).toEqual([]);
    }
    expect(summaries(checkCreation("aws_flow_log", { log_destination: "arn:aws:s3:::nope/flow/" }, account))).toEqual([
      "creating aws_flow_log: NoSuchBucket: The specified bucket does not exist: arn:aws:s3:::nope/flow/",
    ]);
  });

  test("on update only what changed is looked up", () => {
    const config = { vpc_id: "vpc-gone", tags: { a: "b" } };
    const input = { ...creation("aws_internet_gateway", config), prior: { id: "igw-1", vpc_id: "vpc-gone" } };
    expect(KNOWN.checkApply(input)).toEqual([]);
    const moved = KNOWN.checkApply({ ...input, config: { vpc_id: "vpc-new" }, result: { vpc_id: "vpc-new" } });
    expect(summaries(moved)).toEqual([
      "updating aws_internet_gateway: InvalidVpcID.NotFound: The vpc ID 'vpc-new' does not exist",
    ]);
  });

  test("names of map keys are no references, and what the user did not write is not looked up", () => {
    const config = { tags: { vpc_id: "vpc-none" }, labels: { role: "web" } };
    expect(checkCreation("aws_eip", config, new Account(), { network_interface_id: "eni-made-up" })).toEqual([]);
  });

  test("the message says what to do", () => {
    const [problem] = checkCreation("aws_subnet", { vpc_id: "vpc-1" });
    expect(problem).toMatchObject({ severity: "error", path: ["vpc_id"] });
    expect(the(problem).detail).toContain('add it to "world" in the fixtures file');
  });
});
