/** Network interfaces, and the addresses that they have in their subnets. */
import { formatCidr, parseCidr } from "../../../modules/spec/cidr";
import type { ApplyInput, Obj, World, WorldObject } from "../contract";
import { isCidr } from "../facts/rules";
import { digits, fallback, type Hooks, only, strings } from "./service";
import { subnetOf } from "./vpc";

export const INTERFACE_HOOKS: Hooks = {
  aws_network_interface: { apply: settleInterface },
};

/** AWS keeps the first four addresses and the last one of a subnet. Source: VPC user guide, "Subnet CIDR blocks". */
const RESERVED_ADDRESSES = 5;

/** The address that AWS chooses for something in a subnet. */
export function privateAddress(subnet: WorldObject | undefined, id: string): string {
  const range = subnet?.attributes.cidr_block;
  const { first, last } = parseCidr(isCidr(range) ? range : "172.31.0.0/20");
  const free = last - first + 1 - RESERVED_ADDRESSES;
  const chosen = first + RESERVED_ADDRESSES - 1 + (parseInt(digits(8, "ip", id), 16) % free);
  return formatCidr({ first: chosen, prefix: 32 }).replace("/32", "");
}

/** The interface that an instance is given, rather than getting one of its own. */
export function cardOf(world: World, instance: Obj): WorldObject | undefined {
  const id = only(instance.primary_network_interface)?.network_interface_id;
  return typeof id === "string" ? world.get("aws_network_interface", id) : undefined;
}

function settleInterface({ config, prior, result, ctx, world }: ApplyInput): { result: Obj } {
  if (prior) return { result };
  const id = String(result.id);
  const chosen = strings(config.private_ips)[0] ?? privateAddress(subnetOf(world, config.subnet_id), id);
  return {
    result: {
      ...fallback(result, config, {
        attachment: [],
        interface_type: "interface",
        private_ip: chosen,
        private_ips: [chosen],
        private_ip_list: [chosen],
        private_ips_count: 0,
      }),
      mac_address: `02:${(digits(10, "mac", id).match(/../g) ?? []).join(":")}`,
      outpost_arn: "",
      owner_id: ctx.account,
      private_dns_name: `ip-${chosen.replaceAll(".", "-")}.${ctx.region}.compute.internal`,
    },
  };
}
