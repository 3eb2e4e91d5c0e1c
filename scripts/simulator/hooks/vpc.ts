/** Networks: ranges, zones, gateways, peering. */
import { contains, overlaps } from "../../../modules/spec/cidr";
import type { ApplyInput, Diagnostic, Obj, World, WorldObject } from "../contract";
import { isCidr } from "../facts/rules";
import { digits, fallback, type Hooks, refuse, text } from "./service";
import { firstZone, zonesOf } from "./zones";

export const VPC_HOOKS: Hooks = {
  aws_vpc: { apply: settleVpc },
  aws_subnet: { check: checkSubnet, apply: placeSubnet },
  aws_default_security_group: { apply: adoptDefaultGroup },
  aws_route: { check: checkRoute, apply: settleRoute },
  aws_route_table_association: { check: checkAssociation },
  aws_internet_gateway: { checkDestroy: checkMappedAddresses },
  aws_vpc_endpoint: { apply: settleEndpoint },
  aws_vpc_peering_connection: { check: checkPeering, apply: settlePeering },
};

/** What comes with every VPC. */
function settleVpc({ config, result }: ApplyInput): { result: Obj } {
  const dhcp_options_id = `dopt-${digits(17, "dhcp options", result.id)}`;
  const main_route_table_id = result.default_route_table_id;
  return { result: { ...fallback(result, config, NO_IPV6), dhcp_options_id, main_route_table_id } };
}

const NO_IPV6 = { ipv6_association_id: "", ipv6_cidr_block: "", ipv6_cidr_block_network_border_group: "" };

/** The VPC with this id, wherever it comes from. */
function vpcOf(world: World, id: unknown): WorldObject | undefined {
  return world.ofType("aws_vpc").find((vpc) => vpc.id === id);
}

export function subnetOf(world: World, id: unknown): WorldObject | undefined {
  return world.ofType("aws_subnet").find((subnet) => subnet.id === id);
}

function rangeOf(object: WorldObject | undefined): string | undefined {
  const range = object?.attributes.cidr_block;
  return isCidr(range) ? range : undefined;
}

/** All ranges of a VPC: its own and those added to it. */
function rangesOf(world: World, vpc: WorldObject): string[] {
  const added = world.ofType("aws_vpc_ipv4_cidr_block_association").filter((o) => o.attributes.vpc_id === vpc.id);
  return [vpc, ...added].map(rangeOf).filter((range) => range !== undefined);
}

function checkSubnet(input: ApplyInput): Diagnostic[] {
  return input.prior ? [] : [...checkSubnetRange(input), ...checkZone(input)];
}

function checkSubnetRange(input: ApplyInput): Diagnostic[] {
  const { result, world } = input;
  const range = result.cidr_block;
  const vpc = vpcOf(world, result.vpc_id);
  if (!isCidr(range) || !vpc) return [];
  const ranges = rangesOf(world, vpc);
  if (ranges.length > 0 && !ranges.some((outer) => contains(outer, range))) {
    const detail = `The VPC ${vpc.id} has ${ranges.join(", ")}: a subnet must lie within it.`;
    return [refuse(input, `InvalidSubnet.Range: The CIDR '${range}' is invalid.`, detail, "cidr_block")];
  }
  const other = world.ofType("aws_subnet").find((o) => o.attributes.vpc_id === vpc.id && clashes(rangeOf(o), range));
  if (!other) return [];
  const detail = `Subnet ${other.id} of the same VPC has ${rangeOf(other)}.`;
  return [
    refuse(input, `InvalidSubnet.Conflict: The CIDR '${range}' conflicts with another subnet`, detail, "cidr_block"),
  ];
}

function clashes(taken: string | undefined, range: string): boolean {
  return taken !== undefined && overlaps(taken, range);
}

function checkZone(input: ApplyInput): Diagnostic[] {
  const zone = text(input.config.availability_zone);
  const zones = zonesOf(input.ctx.region);
  if (!zone || zones.includes(zone)) return [];
  const message = `InvalidParameterValue: Value (${zone}) for parameter availabilityZone is invalid.`;
  return [refuse(input, message, `Zones of ${input.ctx.region} here: ${zones.join(", ")}.`, "availability_zone")];
}

function placeSubnet({ config, result, ctx }: ApplyInput): { result: Obj } {
  const zone = text(config.availability_zone) ?? firstZone(ctx.region);
  return {
    result: fallback(result, config, {
      availability_zone: zone,
      availability_zone_id: `sim-${zone}`,
      ipv6_cidr_block_association_id: "",
      private_dns_hostname_type_on_launch: "ip-name",
    }),
  };
}

/** The group exists since the VPC does; the resource only takes it over. */
function adoptDefaultGroup({ result, ctx, world }: ApplyInput): { result: Obj } {
  const id = text(vpcOf(world, result.vpc_id)?.attributes.default_security_group_id) ?? result.id;
  const arn = `arn:aws:ec2:${ctx.region}:${ctx.account}:security-group/${String(id)}`;
  return { result: { ...result, id, arn, name: "default", description: "default VPC security group" } };
}

function checkRoute(input: ApplyInput): Diagnostic[] {
  const { result, world } = input;
  const table = world.ofType("aws_route_table").find((o) => o.id === result.route_table_id);
  const vpc = vpcOf(world, table?.attributes.vpc_id);
  if (!vpc) return [];
  if (!input.prior && rangesOf(world, vpc).includes(String(result.destination_cidr_block))) {
    const message = `RouteAlreadyExists: The route identified by ${String(result.destination_cidr_block)} already exists.`;
    return [refuse(input, message, "Every route table has the local route of its VPC.", "destination_cidr_block")];
  }
  return [...checkRouteGateway(input, vpc), ...checkRouteNat(input, vpc), ...checkRoutePeering(input, vpc)];
}

function checkRouteGateway(input: ApplyInput, vpc: WorldObject): Diagnostic[] {
  const gateway = input.world.ofType("aws_internet_gateway").find((o) => o.id === input.result.gateway_id);
  if (!gateway || gateway.attributes.vpc_id === vpc.id) return [];
  const message = `InvalidParameterValue: route table ${String(input.result.route_table_id)} and network gateway ${gateway.id} belong to different networks`;
  return [refuse(input, message, `The route table is in ${vpc.id}.`, "gateway_id")];
}

/** A NAT gateway and an interface serve route tables of their own VPC. */
function checkRouteNat(input: ApplyInput, vpc: WorldObject): Diagnostic[] {
  const { result, world } = input;
  const targets = [...world.ofType("aws_nat_gateway"), ...world.ofType("aws_network_interface")];
  const target = targets.find(({ id }) => id === result.nat_gateway_id || id === result.network_interface_id);
  const vpcId =
    text(target?.attributes.vpc_id) ?? text(subnetOf(world, target?.attributes.subnet_id)?.attributes.vpc_id);
  if (!target || vpcId === undefined || vpcId === vpc.id) return [];
  const message = `InvalidParameterValue: route table ${String(result.route_table_id)} and ${target.id} belong to different networks`;
  return [refuse(input, message, `The route table is in ${vpc.id}.`, "route_table_id")];
}

function checkRoutePeering(input: ApplyInput, vpc: WorldObject): Diagnostic[] {
  const id = input.result.vpc_peering_connection_id;
  const peering = input.world.ofType("aws_vpc_peering_connection").find((o) => o.id === id);
  const ends = [peering?.attributes.vpc_id, peering?.attributes.peer_vpc_id];
  if (!peering || ends.includes(vpc.id)) return [];
  const message = `InvalidVpcPeeringConnectionID.NotFound: The vpcPeeringConnection ID '${peering.id}' does not exist`;
  return [refuse(input, message, `It connects ${ends.join(" and ")}, not ${vpc.id}.`, "vpc_peering_connection_id")];
}

function settleRoute({ config, result }: ApplyInput): { result: Obj } {
  const settled = { ...result, instance_id: "", instance_owner_id: "", origin: "CreateRoute", state: "active" };
  return { result: fallback(settled, config, { network_interface_id: "" }) };
}

function checkAssociation(input: ApplyInput): Diagnostic[] {
  const { result, world } = input;
  const subnet = subnetOf(world, result.subnet_id);
  const table = world.ofType("aws_route_table").find((o) => o.id === result.route_table_id);
  if (!subnet || !table || subnet.attributes.vpc_id === table.attributes.vpc_id) return [];
  const message = `InvalidParameterValue: Route table ${table.id} and subnet ${subnet.id} belong to different networks`;
  return [refuse(input, message, "Both must be of one VPC.", "subnet_id")];
}

/** The gateway of a VPC: undefined while none is attached. */
export function gatewayOf(world: World, vpcId: unknown): WorldObject | undefined {
  return world.ofType("aws_internet_gateway").find((o) => o.attributes.vpc_id === vpcId);
}

function checkMappedAddresses(object: WorldObject, _ctx: unknown, world: World): Diagnostic[] {
  const mapped = addressesIn(world, object.attributes.vpc_id)[0];
  if (mapped === undefined) return [];
  const network = String(object.attributes.vpc_id);
  return [
    {
      severity: "error",
      summary: `deleting aws_internet_gateway: DependencyViolation: Network ${network} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
      detail: `${mapped} has a public address. The real provider would try for 20 minutes: make what has the address depend on the gateway.`,
    },
  ];
}

/** What has a public address in a VPC, in words. */
function addressesIn(world: World, vpcId: unknown): string[] {
  const associations = world.ofType("aws_eip_association").map(({ attributes }) => attributes);
  const inside = (type: string): WorldObject[] =>
    world.ofType(type).filter(({ attributes }) => subnetOf(world, attributes.subnet_id)?.attributes.vpc_id === vpcId);
  const instances = inside("aws_instance").filter(
    ({ id, attributes }) =>
      text(attributes.public_ip) !== undefined || associations.some(({ instance_id }) => instance_id === id),
  );
  const cards = inside("aws_network_interface").filter(({ id }) =>
    associations.some(({ network_interface_id }) => network_interface_id === id),
  );
  const gateways = world.ofType("aws_nat_gateway").filter(({ attributes }) => attributes.vpc_id === vpcId);
  const balancers = world
    .ofType("aws_lb")
    .filter(({ attributes }) => attributes.vpc_id === vpcId && attributes.internal !== true);
  return [
    ...instances.map(({ id }) => `Instance ${id}`),
    ...cards.map(({ id }) => `Network interface ${id}`),
    ...gateways.map(({ id }) => `NAT gateway ${id}`),
    ...balancers.map(({ id }) => `Load balancer ${id}`),
  ];
}

/** A gateway endpoint is a route to the prefix list of its service. */
function settleEndpoint({ config, result, ctx }: ApplyInput): { result: Obj } {
  const gateway = (text(result.vpc_endpoint_type) ?? "Gateway") === "Gateway";
  const prefix_list_id = gateway ? prefixListId(ctx.region, String(result.service_name)) : "";
  const settled = fallback(result, config, { ip_address_type: "ipv4" });
  return { result: { ...settled, prefix_list_id, state: "available", requester_managed: false } };
}

/** The list of addresses that AWS keeps for one of its services. */
export function prefixListId(region: string, name: string): string {
  return `pl-${digits(17, "prefix list", region, name)}`;
}

function checkPeering(input: ApplyInput): Diagnostic[] {
  const { config, result, ctx, world } = input;
  const foreign = (text(config.peer_owner_id) ?? ctx.account) !== ctx.account;
  const elsewhere = (text(config.peer_region) ?? ctx.region) !== ctx.region;
  const [vpc, peer] = [vpcOf(world, result.vpc_id), vpcOf(world, result.peer_vpc_id)];
  if (!peer && !foreign && !elsewhere) {
    const message = `InvalidVpcID.NotFound: The vpc ID '${String(result.peer_vpc_id)}' does not exist`;
    return [refuse(input, message, 'A VPC of another stack belongs into "world" in the fixtures file.', "peer_vpc_id")];
  }
  if (!vpc || !peer) return [];
  const clash = rangesOf(world, vpc).find((range) => rangesOf(world, peer).some((other) => overlaps(range, other)));
  if (!clash) return [];
  const message = `VpcPeeringConnection to ${peer.id} failed: overlapping CIDR ranges`;
  const detail = `${vpc.id} has ${rangesOf(world, vpc).join(", ")}, ${peer.id} has ${rangesOf(world, peer).join(", ")}.`;
  return [refuse(input, message, detail, "peer_vpc_id")];
}

function settlePeering({ config, result, ctx }: ApplyInput): { result: Obj } {
  const accept_status = config.auto_accept === true ? "active" : "pending-acceptance";
  const near = fallback(result, config, { peer_owner_id: ctx.account, peer_region: ctx.region });
  return { result: { ...near, accept_status } };
}
