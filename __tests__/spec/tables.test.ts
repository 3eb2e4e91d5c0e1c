import { _InstanceType as Ec2InstanceType } from "@aws-sdk/client-ec2";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { RESERVED_NAMES } from "../../modules/containers/names";
import { TIERS } from "../../modules/spec";
import { canonicalCidr, contains, overlaps, parseCidr, publicSubnetsOf } from "../../modules/spec/cidr";
import { endOfLife } from "../../modules/spec/end-of-life";
import { architectureOf, instanceSize, isBurstable, KNOWN_INSTANCE_TYPES } from "../../modules/spec/instance-types";
import { REGIONS } from "../../modules/spec/regions";
import { RESERVED_SERVICE_NAMES } from "../../modules/spec/rules/services";
import { appSections } from "../../modules/spec/schema";
import { suggestion } from "../../modules/spec/suggest";

describe("instance types", () => {
  const published: ReadonlySet<string> = new Set(Object.values(Ec2InstanceType));

  test("every type of the table is one of EC2's, and its families are complete", () => {
    expect(KNOWN_INSTANCE_TYPES.filter((type) => !published.has(type))).toEqual([]);
    const families = new Set(KNOWN_INSTANCE_TYPES.map((type) => type.split(".")[0]));
    const virtual = [...published].filter((type) => families.has(type.split(".")[0] ?? "") && !type.includes("metal"));
    expect(new Set(KNOWN_INSTANCE_TYPES)).toEqual(new Set(virtual));
    expect(families.size).toBe(18);
  });

  test.each([
    ["t3.nano", 2, 0.5],
    ["t3.medium", 2, 4],
    ["t3a.xlarge", 4, 16],
    ["t4g.2xlarge", 8, 32],
    ["m5.24xlarge", 96, 384],
    ["m6g.medium", 1, 4],
    ["m7i.48xlarge", 192, 768],
    ["m7a.medium", 1, 4],
    ["c5.9xlarge", 36, 72],
    ["c7g.large", 2, 4],
    ["r5.large", 2, 16],
    ["r7g.16xlarge", 64, 512],
  ])("a %s has %d vCPUs and %d GiB", (type, vcpus, gib) => {
    expect(instanceSize(type)).toEqual({ vcpus, memoryMiB: gib * 1024 });
  });

  test.each(["m9g.large", "t3.32xlarge", "t3", "", "constructor.large"])("%s is not in the table", (type) => {
    expect(instanceSize(type)).toBeUndefined();
  });

  test.each([
    ["t4g.micro", "arm64"],
    ["c7gn.large", "arm64"],
    ["im4gn.large", "arm64"],
    ["is4gen.large", "arm64"],
    ["x2gd.large", "arm64"],
    ["a1.large", "arm64"],
    ["g5g.xlarge", "arm64"],
    ["t3a.micro", "x86_64"],
    ["g4dn.xlarge", "x86_64"],
    ["m7i-flex.large", "x86_64"],
    ["u-6tb1.56xlarge", "x86_64"],
  ])("a %s is %s", (type, architecture) => {
    expect(architectureOf(type)).toBe(architecture);
  });

  test("only t types earn credits", () => {
    const burstable = KNOWN_INSTANCE_TYPES.filter(isBurstable).map((type) => type.split(".")[0]);
    expect(new Set(burstable)).toEqual(new Set(["t3", "t3a", "t4g"]));
  });
});

describe("ranges", () => {
  test.each([
    ["10.0.0.0/16", 1, ["10.0.128.0/22"]],
    ["10.0.0.0/16", 3, ["10.0.128.0/22", "10.0.132.0/22", "10.0.136.0/22"]],
    ["192.168.1.0/24", 2, ["192.168.1.128/28", "192.168.1.144/28"]],
    ["10.0.0.0/27", 1, ["10.0.0.16/28"]],
    ["10.0.0.0/27", 2, undefined],
    ["10.0.0.0/28", 1, undefined],
  ])("%s has room for %d subnets: %j", (network, zones, expected) => {
    expect(publicSubnetsOf(network, zones)).toEqual(expected);
  });

  test("computed subnets lie inside, apart, and keep their place when a zone is added", () => {
    for (let prefix = 16; prefix <= 27; prefix += 1) {
      const network = `10.64.0.0/${prefix}`;
      for (let zones = 1; zones <= 4; zones += 1) {
        const subnets = publicSubnetsOf(network, zones) ?? [];
        expect(subnets.every((subnet) => contains(network, subnet) && canonicalCidr(subnet) === subnet)).toBe(true);
        expect(subnets.some((one, index) => subnets.slice(0, index).some((other) => overlaps(one, other)))).toBe(false);
        const more = publicSubnetsOf(network, zones + 1) ?? subnets;
        expect(more.slice(0, zones)).toEqual(subnets);
      }
    }
  });

  test("the whole address space can be read", () => {
    expect(parseCidr("255.255.255.255/32")).toEqual({ first: 2 ** 32 - 1, last: 2 ** 32 - 1, prefix: 32 });
    expect(parseCidr("0.0.0.0/0")).toEqual({ first: 0, last: 2 ** 32 - 1, prefix: 0 });
    expect(canonicalCidr("203.0.113.77/26")).toBe("203.0.113.64/26");
  });

  test.each([
    ["10.0.0.0/16", "10.0.255.0/24", true],
    ["10.0.0.0/16", "10.1.0.0/16", false],
    ["10.1.0.0/16", "10.0.0.0/8", true],
  ])("%s and %s overlap: %s", (one, other, expected) => {
    expect(overlaps(one, other)).toBe(expected);
    expect(overlaps(other, one)).toBe(expected);
  });
});

test("the regions are those of the AWS SDK's first partition", () => {
  const sdk = createRequire(require.resolve("@aws-sdk/client-ec2"));
  const source = readFileSync(sdk.resolve("@aws-sdk/core/client"), "utf8");
  const [, regions = ""] = /"id": "aws",.*?"regions": \{(.*?)\n {12}\}/s.exec(source) ?? [];
  const published = [...regions.matchAll(/^ {16}"([a-z0-9-]+)": \{/gm)].map(([, region]) => region);
  expect(published).toContain("us-east-1");
  expect(REGIONS).toEqual(published.filter((region) => region !== "aws-global"));
});

test("dates of end of life exist for every version that the specification offers", () => {
  for (let major = 13; major <= 18; major += 1)
    expect(endOfLife("PostgreSQL", String(major))).toMatch(/^20\d\d-\d\d-\d\d$/);
  expect(endOfLife("valkey", "8.1")).toBe("2030-03-31");
  expect(endOfLife("redis", "8.2")).toBeUndefined();
});

test("no service can take the name of a container of the stack", () => {
  expect(RESERVED_NAMES.filter((name) => !RESERVED_SERVICE_NAMES.includes(name))).toEqual([]);
});

test("the longest app, tier and environment leave room for resource names", () => {
  const accepts = (schema: { safeParse: (value: string) => { success: boolean } }, length: number) =>
    schema.safeParse("a".repeat(length)).success;
  const longest = (schema: Parameters<typeof accepts>[0]) =>
    Array.from({ length: 100 }, (_, length) => length).findLast((length) => accepts(schema, length)) ?? 0;
  const tier = Math.max(...TIERS.map((name) => name.length));
  expect(longest(appSections.name) + longest(appSections.environment) + tier + 2).toBeLessThanOrEqual(40);
});

test.each([
  ["prot", "port"],
  ["hots", "host"],
  ["HOST", "host"],
  ["databse", "database"],
  ["instanceTyp", "instanceType"],
  ["kubernetes", undefined],
  ["x", undefined],
])("%s most likely means %s", (word, expected) => {
  expect(suggestion(word, ["port", "host", "database", "jobs", "instanceType", "hostPort"])).toBe(expected);
  expect(suggestion(word, [])).toBeUndefined();
});
