/** NAT gateways: in a subnet of one zone, or for a whole VPC. */
import type { ApplyInput, Diagnostic, Obj } from "../contract";
import { UNKNOWN } from "../wire/value";
import { privateAddress } from "./interfaces";
import { digits, fallback, type Hooks, invalid, refuse, text, unset } from "./service";
import { gatewayOf, subnetOf } from "./vpc";

export const NAT_GATEWAY_HOOKS: Hooks = {
  aws_nat_gateway: { validate: validateGateway, check: checkGateway, apply: settleGateway },
};

const isRegional = (config: Obj): boolean => config.availability_mode === "regional";

/** What each mode needs and refuses. Source: EC2 API, CreateNatGateway; the provider's own checks at plan. */
function validateGateway(config: Obj): Diagnostic[] {
  if (config.availability_mode === UNKNOWN) return [];
  const isPublic = config.connectivity_type !== "private" && config.connectivity_type !== UNKNOWN;
  const mode = isRegional(config) ? "regional" : "zonal";
  const wrong: [isWrong: boolean, attribute: string, what: string][] = isRegional(config)
    ? [
        [unset(config.vpc_id), "vpc_id", "must be set"],
        [!unset(config.subnet_id), "subnet_id", "must not be set"],
        [!unset(config.allocation_id), "allocation_id", "must not be set"],
        [!isPublic, "connectivity_type", 'must be "public"'],
      ]
    : [
        [unset(config.subnet_id), "subnet_id", "must be set"],
        [isPublic && unset(config.allocation_id), "allocation_id", 'must be set for connectivity_type "public"'],
      ];
  return wrong
    .filter(([isWrong]) => isWrong)
    .map(([, attribute, what]) =>
      invalid(`${attribute} ${what} when availability_mode is "${mode}"`, "See EC2's CreateNatGateway.", attribute),
    );
}

function checkGateway(input: ApplyInput): Diagnostic[] {
  const { config, prior, world } = input;
  if (prior) return [];
  const vpcId = text(config.vpc_id) ?? text(subnetOf(world, config.subnet_id)?.attributes.vpc_id);
  if (config.connectivity_type !== "private" && vpcId !== undefined && !gatewayOf(world, vpcId)) {
    const message = `Gateway.NotAttached: VPC ${vpcId} has no Internet gateway attached`;
    return [refuse(input, message, "Make the NAT gateway depend on it.", "subnet_id")];
  }
  const holder = [...world.ofType("aws_nat_gateway"), ...world.ofType("aws_eip_association")].find(
    ({ attributes }) => text(attributes.allocation_id) === config.allocation_id,
  );
  if (!holder) return [];
  const message = `Resource.AlreadyAssociated: Elastic IP address [${String(config.allocation_id)}] is already associated`;
  return [refuse(input, message, `${holder.id} has it.`, "allocation_id")];
}

function settleGateway({ config, prior, result, world }: ApplyInput): { result: Obj } {
  if (prior) return { result };
  const id = String(result.id);
  const regional = isRegional(config);
  const subnet = subnetOf(world, config.subnet_id);
  const address = world.get("aws_eip", String(config.allocation_id))?.attributes;
  const mode = regional ? "enabled" : "";
  return {
    result: {
      ...fallback(result, config, {
        availability_mode: "zonal",
        private_ip: regional ? "" : privateAddress(subnet, id),
        secondary_private_ip_address_count: 0,
        secondary_private_ip_addresses: [],
        vpc_id: subnet?.attributes.vpc_id ?? "",
      }),
      association_id: address ? `eipassoc-${digits(17, "nat", id)}` : "",
      auto_provision_zones: mode,
      auto_scaling_ips: mode,
      network_interface_id: regional ? "" : `eni-${digits(17, "eni", id)}`,
      public_ip: address?.public_ip ?? "",
      regional_nat_gateway_auto_mode: mode,
      route_table_id: regional ? `rtb-${digits(17, "nat table", id)}` : "",
    },
  };
}
