import { type AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { type Subnet } from "@cdktf/provider-aws/lib/subnet";
import { TerraformOutput, type TerraformStack } from "cdktf";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EgressMode } from "../../modules/network/egress/egress";
import { DISCOVERY_TAG_PREFIX, TierNetwork } from "../../modules/network/tier-network";
import { SimulatedAccount, type PlannedChange } from "../helpers/simulated";
import { CONSTRUCT_STACK as STACK } from "../helpers/synth";
import { networkProps } from "../network/tier-networks";

const MODES = ["public-tasks", "nat-instance", "nat-single", "nat-per-az", "nat-regional", "endpoints-only"] as const;

interface Choice {
  readonly letters?: string;
  /** What a network gets instead of the mode that it is called after. */
  readonly instead?: Partial<Record<EgressMode, EgressMode>>;
  /** Puts a discovery tag among the tags of a subnet, instead of a resource. */
  readonly tagged?: boolean;
}

const scopeOf = (mode: EgressMode): string => mode.replaceAll("-", "_");

/** One network for each mode, all in one stack: Terraform's start costs more than a network. */
const networks =
  ({ letters = "ab", instead = {}, tagged = false }: Choice = {}) =>
  (stack: TerraformStack): void => {
    (stack.node.findChild("aws") as AwsProvider).ignoreTags = [{ keyPrefixes: [DISCOVERY_TAG_PREFIX] }];
    for (const mode of MODES) {
      const network = new TierNetwork(stack, scopeOf(mode), networkProps(instead[mode] ?? mode, letters));
      new TerraformOutput(stack, `${scopeOf(mode)}_route_tables`, { value: network.routeTableIds });
    }
    const subnet = stack.node.findChild("public_tasks").node.findChild("public_a") as Subnet;
    if (tagged) subnet.tags = { ...subnet.tagsInput, [`${DISCOVERY_TAG_PREFIX}role/elb`]: "1" };
  };

let account: SimulatedAccount;

beforeAll(async () => {
  account = await SimulatedAccount.startWith("tier-network", networks());
  await account.init(STACK);
}, 120_000);
afterAll(() => account.stop());

const SLOW = { timeout: 120_000 };

/** Plans with other networks, then puts the old ones back. */
async function planWith(choice: Choice): Promise<PlannedChange[]> {
  account.rebuild(networks(choice));
  try {
    return await account.plan(STACK);
  } finally {
    account.rebuild(networks());
  }
}

const said = ({ address, actions }: PlannedChange): string => `${actions.join("+")} ${address}`;
const count = (pattern: RegExp, all: readonly string[]): number => all.filter((each) => pattern.test(each)).length;

/** Attributes of a resource in the state. */
async function stateOf(address: string): Promise<Record<string, unknown>> {
  const state = JSON.parse(await account.must(STACK, "show", "-json")) as {
    values: { root_module: { resources: { address: string; values: Record<string, unknown> }[] } };
  };
  const found = state.values.root_module.resources.find((each) => each.address === address);
  if (found === undefined) throw new Error(`the state has no ${address}`);
  return found.values;
}

test("every way out is applied, and a second plan is empty", SLOW, async () => {
  await account.must(STACK, "validate");
  await account.apply(STACK);
  expect(await account.plan(STACK)).toEqual([]);
  const gateways = account.world().filter(({ type }) => type === "aws_nat_gateway");
  const regional = gateways.filter(({ attributes }) => attributes.availability_mode === "regional");
  expect([gateways.length, regional.length]).toEqual([4, 1]);
});

test("a third zone is only added, but for the subnets of endpoints", SLOW, async () => {
  const changes = (await planWith({ letters: "abc" })).map(said);
  for (const mode of MODES)
    expect([mode, count(new RegExp(`^create \\w+\\.${scopeOf(mode)}_`), changes)]).not.toContain(0);
  const others = changes.filter((each) => !each.startsWith("create "));
  expect(others).toHaveLength(7);
  expect(count(/^update aws_vpc_endpoint\.endpoints_only_endpoints_\w+$/, others)).toBe(7);
});

test("another way out changes the routes in place", SLOW, async () => {
  const changes = (
    await planWith({
      instead: { "nat-instance": "nat-single", "nat-single": "nat-per-az", "nat-per-az": "nat-regional" },
    })
  ).map(said);
  const routes = changes.filter((each) => each.includes(" aws_route."));
  expect(routes).toEqual([
    "update aws_route.nat_instance_private_a_internet",
    "update aws_route.nat_instance_private_b_internet",
    "update aws_route.nat_per_az_private_a_internet",
    "update aws_route.nat_per_az_private_b_internet",
    "update aws_route.nat_single_private_b_internet",
  ]);
  expect(changes.filter((each) => each.includes("+"))).toEqual([]);
});

test("a tag of a subnet under the ignored prefix would be planned at each run", SLOW, async () => {
  account.rebuild(networks({ tagged: true }));
  await account.apply(STACK);
  expect((await account.plan(STACK)).map(said)).toEqual(["update aws_subnet.public_tasks_public_a"]);
  account.rebuild(networks());
});

test("replacing the NAT instance keeps its routes and its address", SLOW, async () => {
  const [route, instance] = ["aws_route.nat_instance_private_b_internet", "aws_instance.nat_instance_nat_instance"];
  const before = { route: await stateOf(route), instance: await stateOf(instance) };
  const [only, ...others] = await account.plan(STACK, `-replace=${instance}`);
  expect([only, others]).toEqual([{ address: instance, actions: ["delete", "create"] }, []]);
  await account.apply(STACK, `-replace=${instance}`);
  const after = { route: await stateOf(route), instance: await stateOf(instance) };
  expect(after.instance.id).not.toBe(before.instance.id);
  for (const kept of ["primary_network_interface_id", "private_ip", "public_ip", "subnet_id"]) {
    expect([kept, after.instance[kept]]).toEqual([kept, before.instance[kept]]);
  }
  expect(after.instance.public_ip).toMatch(/^\d+\./);
  expect(after.route.network_interface_id).toBe(before.instance.primary_network_interface_id);
  expect(after.route).toEqual(before.route);
});

test("all of it is taken away in order", SLOW, async () => {
  await account.must(STACK, "destroy", "-auto-approve");
  expect(account.world()).toEqual([]);
});
