/** Instances, addresses and volumes. */
import type { ApplyInput, Diagnostic, Obj, PlanInput, World, WorldObject } from "../contract";
import { UNKNOWN } from "../wire/value";
import { architectureOfImage, architectureOfType, ROOT_GIB } from "./images";
import { cardOf, privateAddress } from "./interfaces";
import { digits, fallback, type Hooks, only, refuse, strings, text } from "./service";
import { gatewayOf, subnetOf } from "./vpc";
import { firstZone, zonesOf } from "./zones";

export const EC2_HOOKS: Hooks = {
  aws_instance: { plan: planInstance, check: checkInstance, apply: runInstance },
  aws_eip: { apply: settleAddress },
  aws_eip_association: { check: checkAddressAssociation, apply: settleAssociation },
  aws_ebs_volume: { check: checkVolume, apply: settleVolume },
  aws_volume_attachment: { check: checkAttachment },
};

/** Arguments that the provider changes by stopping and starting the instance. */
const STOPPING = ["instance_type", "user_data", "user_data_base64"];

function planInstance({ prior, planned }: PlanInput): ReturnType<NonNullable<Hooks[string]["plan"]>> {
  if (!prior) return { planned };
  const changed = STOPPING.filter((name) => (planned[name] ?? null) !== (prior[name] ?? null));
  const requiresReplace = changed.filter((name) => replaces(name, prior, planned));
  const stopping =
    requiresReplace.length > 0 ? [] : changed.filter((name) => name in planned && planned[name] !== UNKNOWN);
  return { planned, requiresReplace, diagnostics: stopping.length > 0 ? [stopWarning(prior, stopping)] : [] };
}

function replaces(name: string, prior: Obj, planned: Obj): boolean {
  if (name !== "instance_type") return planned.user_data_replace_on_change === true;
  // EC2 changes no type to one of another architecture.
  return architectureOfType(String(prior[name])) !== architectureOfType(String(planned[name]));
}

function stopWarning(prior: Obj, names: string[]): Diagnostic {
  return {
    severity: "warning",
    summary: "This update stops the instance",
    detail: `Changing ${names.join(" and ")} of ${String(prior.id)} is an update in place, but the provider stops the instance for it and starts it again.`,
    path: names.slice(0, 1),
  };
}

function checkInstance(input: ApplyInput): Diagnostic[] {
  if (input.prior) return checkTypeOfSpot(input, input.prior);
  return [
    ...checkArchitecture(input),
    ...checkGroups(input),
    ...checkCard(input),
    ...checkRootSize(input),
    ...checkSpot(input),
  ];
}

/** The provider plans another type in place, and EC2 refuses it while the request of a Spot instance is there. */
function checkTypeOfSpot(input: ApplyInput, prior: Obj): Diagnostic[] {
  if (only(prior.instance_market_options)?.market_type !== "spot") return [];
  if (input.result.instance_type === prior.instance_type) return [];
  const message = "UnsupportedOperation: Modifying 'instanceType' is not supported for spot instances";
  return [refuse(input, message, "Another type needs another instance.", "instance_type")];
}

function checkArchitecture(input: ApplyInput): Diagnostic[] {
  const { result, ctx } = input;
  const image = architectureOfImage(String(result.ami), ctx.region);
  const type = architectureOfType(String(result.instance_type));
  if (image === undefined || image === type) return [];
  const message = `InvalidParameterValue: The architecture '${type}' of the specified instance type does not match the architecture '${image}' of the specified AMI.`;
  return [refuse(input, message, `${String(result.instance_type)} needs an ${type} image.`, "instance_type")];
}

function checkGroups(input: ApplyInput): Diagnostic[] {
  const { config, world } = input;
  const subnet = subnetOf(world, config.subnet_id);
  const vpcId = subnet?.attributes.vpc_id;
  const stranger = strings(config.vpc_security_group_ids)
    .map((id) => world.ofType("aws_security_group").find((o) => o.id === id))
    .find((group) => group && vpcId !== undefined && group.attributes.vpc_id !== vpcId);
  if (!stranger || !subnet) return [];
  const message = `InvalidParameter: Security group ${stranger.id} and subnet ${subnet.id} belong to different networks.`;
  return [refuse(input, message, `The subnet is in ${String(vpcId)}.`, "vpc_security_group_ids")];
}

/** An interface is at one instance at a time. */
function checkCard(input: ApplyInput): Diagnostic[] {
  const card = cardOf(input.world, input.config);
  const holder = input.world.ofType("aws_instance").find((o) => o.attributes.primary_network_interface_id === card?.id);
  if (!card || !holder) return [];
  const message = `InvalidNetworkInterface.InUse: Interface: [${card.id}] in use.`;
  return [refuse(input, message, `It is at ${holder.id}, which must be gone first.`, "primary_network_interface")];
}

function checkRootSize(input: ApplyInput): Diagnostic[] {
  const size = only(input.config.root_block_device)?.volume_size;
  const known = architectureOfImage(String(input.result.ami), input.ctx.region) !== undefined;
  if (!known || typeof size !== "number" || size >= ROOT_GIB) return [];
  const message = `InvalidBlockDeviceMapping: Volume of size ${size}GB is smaller than the image's snapshot, expect size >= ${ROOT_GIB}GB`;
  return [refuse(input, message, "The root disk must hold the image.", "root_block_device")];
}

function checkSpot(input: ApplyInput): Diagnostic[] {
  const market = only(input.config.instance_market_options);
  if (market?.market_type !== "spot") return [];
  const options = only(market.spot_options);
  const behavior = text(options?.instance_interruption_behavior) ?? "terminate";
  const problems: [wrong: boolean, message: string, path: string][] = [
    [
      behavior !== "terminate" && options?.spot_instance_type !== "persistent",
      `InvalidParameterCombination: Spot instance_interruption_behavior '${behavior}' needs a persistent request`,
      "instance_market_options",
    ],
    [
      input.config.disable_api_termination === true,
      "UnsupportedOperation: The attribute 'disableApiTermination' is not supported for spot instances",
      "disable_api_termination",
    ],
  ];
  return problems.filter(([wrong]) => wrong).map(([, message, path]) => refuse(input, message, "", path));
}

function runInstance(input: ApplyInput): { result: Obj } {
  const { prior, world } = input;
  const result = prior ? { ...input.result } : placeInstance(input);
  if (!prior) rememberSpotRequest(result, input);
  const subnet = subnetOf(world, result.subnet_id);
  if (subnet) result.availability_zone = subnet.attributes.availability_zone;
  return { result };
}

/** What EC2 decides when it starts an instance. */
function placeInstance({ config, result, ctx, world }: ApplyInput): Obj {
  const id = String(result.id);
  const card = cardOf(world, config);
  const subnet = subnetOf(world, card?.attributes.subnet_id ?? config.subnet_id);
  const privateIp = text(card?.attributes.private_ip) ?? text(config.private_ip) ?? privateAddress(subnet, id);
  const publicIp = card ? addressAt(world, card) : wantsAddress(config, subnet) ? text(result.public_ip) : undefined;
  return {
    ...fallback(result, config, {
      ...NO_CHOICE,
      ...(card && { subnet_id: card.attributes.subnet_id, vpc_security_group_ids: card.attributes.security_groups }),
      associate_public_ip_address: publicIp !== undefined,
      availability_zone: firstZone(ctx.region),
      private_ip: privateIp,
    }),
    instance_state: "running",
    instance_lifecycle: "",
    password_data: "",
    spot_instance_request_id: "",
    primary_network_interface_id: card?.id ?? `eni-${digits(17, "eni", id)}`,
    private_dns: `ip-${privateIp.replaceAll(".", "-")}.${ctx.region}.compute.internal`,
    public_ip: publicIp ?? "",
    public_dns: publicIp ? publicName(publicIp, ctx.region) : "",
    root_block_device: rootDisks(result),
  };
}

/** What EC2 says of arguments that nobody gave. */
const NO_CHOICE: Obj = {
  host_id: "",
  host_resource_group_arn: "",
  iam_instance_profile: "",
  instance_initiated_shutdown_behavior: "stop",
  key_name: "",
  outpost_arn: "",
  placement_group: "",
  placement_group_id: "",
  tenancy: "default",
  user_data_base64: null,
};

/** The fixed public address of an interface. */
function addressAt(world: World, card: WorldObject): string | undefined {
  const association = world.ofType("aws_eip_association").find((o) => o.attributes.network_interface_id === card.id);
  return text(association?.attributes.public_ip);
}

function wantsAddress(config: Obj, subnet: WorldObject | undefined): boolean {
  if (typeof config.associate_public_ip_address === "boolean") return config.associate_public_ip_address;
  return subnet?.attributes.map_public_ip_on_launch === true;
}

function rootDisks(result: Obj): Obj[] {
  const disks = Array.isArray(result.root_block_device) ? (result.root_block_device as Obj[]) : [];
  return disks.map((disk) => ({
    ...disk,
    device_name: text(disk.device_name)?.startsWith("/dev/") ? disk.device_name : "/dev/sda1",
    volume_size: disk.volume_size === 0 ? ROOT_GIB : disk.volume_size,
    volume_type: text(disk.volume_type)?.startsWith("sim-") ? "gp3" : disk.volume_type,
  }));
}

/**
 * A persistent request outlives its instance: EC2 would start another one. It stays in the world as `spot_request` until
 * somebody cancels it.
 */
function rememberSpotRequest(result: Obj, { config, ctx, world }: ApplyInput): void {
  const market = only(config.instance_market_options);
  if (market?.market_type !== "spot") return;
  const id = `sir-${digits(8, "sir", result.id)}`;
  result.instance_lifecycle = "spot";
  result.spot_instance_request_id = id;
  if (only(market.spot_options)?.spot_instance_type !== "persistent") return;
  const attributes = { id, instance_id: result.id, state: "active", tags: result.tags_all };
  world.add({ type: "spot_request", id, region: ctx.region, attributes });
}

/** What AWS calls a public address; its oldest region is not part of the name. */
function publicName(address: string, region: string): string {
  const place = region === "us-east-1" ? "compute-1" : `${region}.compute`;
  return `ec2-${address.replaceAll(".", "-")}.${place}.amazonaws.com`;
}

function settleAddress({ config, result, ctx }: ApplyInput): { result: Obj } {
  const address = fallback(result, config, {
    domain: "vpc",
    instance: "",
    network_interface: "",
    public_ipv4_pool: "amazon",
  });
  address.public_dns = publicName(String(address.public_ip), ctx.region);
  const free = {
    association_id: "",
    carrier_ip: "",
    customer_owned_ip: "",
    private_ip: "",
    private_dns: "",
    ptr_record: "",
  };
  return { result: { ...address, ...free, allocation_id: result.id } };
}

function checkAddressAssociation(input: ApplyInput): Diagnostic[] {
  const { config, world } = input;
  const instance = world.ofType("aws_instance").find((o) => o.id === config.instance_id);
  const owner = instance ?? world.get("aws_network_interface", String(config.network_interface_id));
  const vpcId = text(subnetOf(world, owner?.attributes.subnet_id)?.attributes.vpc_id);
  if (vpcId === undefined || gatewayOf(world, vpcId)) return [];
  const message = `Gateway.NotAttached: Network ${vpcId} is not attached to any internet gateway`;
  const detail = "A public address needs the gateway first: make the association depend on it.";
  return [refuse(input, message, detail, "instance_id")];
}

function settleAssociation({ config, result, world }: ApplyInput): { result: Obj } {
  const instance = world.ofType("aws_instance").find((o) => o.id === config.instance_id)?.attributes;
  const card = world.get("aws_network_interface", String(config.network_interface_id))?.attributes;
  const address = world.get("aws_eip", String(config.allocation_id))?.attributes;
  return {
    result: fallback(result, config, {
      instance_id: "",
      network_interface_id: instance?.primary_network_interface_id ?? "",
      private_ip_address: instance?.private_ip ?? card?.private_ip ?? "",
      public_ip: address?.public_ip ?? "",
    }),
  };
}

/** Figures of a gp3 volume that asks for nothing more. Source: Amazon EBS user guide. */
const GP3 = { iops: 3000, throughput: 125 };

function settleVolume({ config, result }: ApplyInput): { result: Obj } {
  const type = text(config.type) ?? "gp2";
  return {
    result: fallback(result, config, { type, kms_key_id: "", snapshot_id: "", ...(type === "gp3" ? GP3 : {}) }),
  };
}

function checkVolume(input: ApplyInput): Diagnostic[] {
  const { prior, result, config, ctx } = input;
  const zone = String(config.availability_zone);
  if (!zonesOf(ctx.region).includes(zone)) {
    return [refuse(input, `InvalidZone.NotFound: The zone '${zone}' does not exist.`, "", "availability_zone")];
  }
  if (typeof prior?.size !== "number" || typeof result.size !== "number" || result.size >= prior.size) return [];
  const message = `InvalidParameterValue: New size cannot be smaller than existing size (${prior.size} GiB to ${result.size} GiB)`;
  return [refuse(input, message, "A volume can only grow: make a smaller one and copy the data.", "size")];
}

function checkAttachment(input: ApplyInput): Diagnostic[] {
  const { result, world } = input;
  const [volume, instance] = [
    zoneOf(world, "aws_ebs_volume", result.volume_id),
    zoneOf(world, "aws_instance", result.instance_id),
  ];
  if (volume === undefined || instance === undefined || volume === instance) return [];
  const message = `InvalidVolume.ZoneMismatch: The volume '${String(result.volume_id)}' is not in the same availability zone as instance '${String(result.instance_id)}'`;
  return [refuse(input, message, `The volume is in ${volume}, the instance in ${instance}.`, "volume_id")];
}

function zoneOf(world: World, type: string, id: unknown): string | undefined {
  return text(world.ofType(type).find((o) => o.id === id)?.attributes.availability_zone);
}
