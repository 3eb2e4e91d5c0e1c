import { describe, expect, test } from "vitest";
import { planSubnets, type SubnetPlan } from "../../modules/network/subnet-plan";
import { contains, overlaps, parseCidr } from "../../modules/spec/cidr";

const NETWORK = "10.1.0.0/16";
const all = (plan: SubnetPlan): string[] => [...plan.public, ...plan.private, ...plan.database];

test("a /16 has four zones of a /19, a /22 and a /24 each", () => {
  expect(planSubnets(NETWORK, 4)).toEqual({
    private: ["10.1.0.0/19", "10.1.32.0/19", "10.1.64.0/19", "10.1.96.0/19"],
    public: ["10.1.128.0/22", "10.1.132.0/22", "10.1.136.0/22", "10.1.140.0/22"],
    database: ["10.1.144.0/24", "10.1.145.0/24", "10.1.146.0/24", "10.1.147.0/24"],
  });
});

test.each([16, 17, 18, 19, 20])("a /%i has the same proportions", (prefix) => {
  const plan = planSubnets(`172.20.0.0/${prefix}`, 4);
  const sizes = (ranges: readonly string[]) => [...new Set(ranges.map((range) => parseCidr(range).prefix - prefix))];
  expect([sizes(plan.private), sizes(plan.public), sizes(plan.database)]).toEqual([[3], [6], [8]]);
});

describe.each(["10.0.0.0/16", "10.1.64.0/18", "192.168.16.0/20", "172.31.0.0/19"])("in %s", (network) => {
  const plans = [1, 2, 3, 4].map((zones) => planSubnets(network, zones));

  test("every subnet is inside, written with its first address, and overlaps none", () => {
    const subnets = all(planSubnets(network, 4));
    expect(subnets).toHaveLength(12);
    for (const [index, subnet] of subnets.entries()) {
      expect(contains(network, subnet), subnet).toBe(true);
      expect(`${subnet} ${parseCidr(subnet).first % 2 ** (32 - parseCidr(subnet).prefix)}`).toBe(`${subnet} 0`);
      expect(subnets.slice(index + 1).filter((other) => overlaps(subnet, other))).toEqual([]);
    }
  });

  test("another zone adds ranges and changes none", () => {
    for (const [index, plan] of plans.slice(0, -1).entries()) {
      const next = plans[index + 1];
      for (const kind of ["public", "private", "database"] as const) {
        expect(next?.[kind].slice(0, -1)).toEqual(plan[kind]);
      }
    }
  });
});

test("written lists replace the computed ones, one by one", () => {
  const database = ["10.1.200.0/26", "10.1.200.64/26"];
  expect(planSubnets(NETWORK, 2, { database })).toEqual({ ...planSubnets(NETWORK, 2), database });
  const written = {
    public: ["10.0.1.0/24", "10.0.2.0/24"],
    private: ["10.0.20.0/24", "10.0.21.0/24"],
    database: ["10.0.10.0/24", "10.0.11.0/24"],
  };
  expect(planSubnets("10.0.0.0/16", 2, written)).toEqual(written);
});

test.each<[what: string, network: string, zones: number, written: Partial<SubnetPlan>, message: string]>([
  ["no zone", NETWORK, 0, {}, "a network has 1 to 4 zones, not 0"],
  ["five zones", NETWORK, 5, {}, "a network has 1 to 4 zones, not 5"],
  ["a short list", NETWORK, 2, { public: ["10.1.128.0/22"] }, "2 zones need 2 public subnets, not 1"],
  ["a small network", "10.1.0.0/21", 2, {}, "10.1.0.0/21 is too small: its database subnet would be 10.1.4.128/29"],
  [
    "a range outside",
    NETWORK,
    1,
    { database: ["10.2.0.0/24"] },
    "the database subnet 10.2.0.0/24 is not inside 10.1.0.0/16",
  ],
  [
    "a written range on a computed one",
    "10.0.0.0/16",
    2,
    { public: ["10.0.1.0/24", "10.0.2.0/24"] },
    "the public subnet 10.0.1.0/24 overlaps the private subnet 10.0.0.0/19",
  ],
])("%s is refused", (_what, network, zones, written, message) => {
  expect(() => planSubnets(network, zones, written)).toThrow(message);
});
