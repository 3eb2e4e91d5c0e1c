/**
 * Cancels the requests behind Spot instances. A persistent request outlives its instance: EC2 would start a new one
 * after the teardown, outside Terraform and billed.
 */
import {
  CancelSpotInstanceRequestsCommand,
  DescribeInstancesCommand,
  EC2Client,
  type Filter,
  paginateDescribeSpotInstanceRequests,
  type SpotInstanceRequest,
} from "@aws-sdk/client-ec2";
import { quietSdk } from "../lib/aws";
import { UserError } from "../lib/errors";
import type { Held } from "./state";
import { regionOf } from "./journal";

/** What is known about the Spot instances of one region. */
export interface SpotTarget {
  region: string;
  instanceIds: string[];
  /** Requests that the state names. */
  requestIds: string[];
  /** Subnets that the stack has made: whatever starts an instance there is its own. */
  subnetIds: string[];
  /** The tags that all resources of the stack carry. */
  tags: Record<string, string>;
}

/** Cancels every open request of a target; returns the ids it cancelled, sorted. */
export type CancelSpot = (target: SpotTarget) => Promise<string[]>;

/** Tags that tell the resources of one stack from all others. */
const STACK_TAGS = ["Application", "Environment", "Tier"] as const;

/** The Spot instances in a state, by region. Empty when there are none. */
export function spotTargets(held: readonly Held[]): SpotTarget[] {
  const targets = new Map<string, SpotTarget>();
  for (const instance of held.filter(isSpot)) {
    const region = regionOf(instance) ?? "";
    const target = targets.get(region) ?? targetOf(instance, held);
    target.instanceIds.push(instance.id);
    const request = instance.attributes.spot_instance_request_id;
    if (typeof request === "string" && request !== "") target.requestIds.push(request);
    targets.set(region, target);
  }
  return [...targets.values()];
}

function targetOf(instance: Held, held: readonly Held[]): SpotTarget {
  const region = regionOf(instance) ?? "";
  const subnets = held.filter((one) => one.type === "aws_subnet" && (regionOf(one) ?? "") === region);
  return { region, instanceIds: [], requestIds: [], subnetIds: subnets.map(({ id }) => id), tags: stackTags(instance) };
}

function isSpot({ type, attributes }: Held): boolean {
  if (type !== "aws_instance") return false;
  const options = attributes.instance_market_options;
  const market: unknown = Array.isArray(options)
    ? (options[0] as { market_type?: unknown } | undefined)?.market_type
    : "";
  return market === "spot" || attributes.instance_lifecycle === "spot" || Boolean(attributes.spot_instance_request_id);
}

function stackTags({ attributes }: Held): Record<string, string> {
  const all = (attributes.tags_all ?? attributes.tags ?? {}) as Record<string, string>;
  return Object.fromEntries(STACK_TAGS.filter((name) => all[name]).map((name) => [name, all[name] ?? ""]));
}

/**
 * Finds the open requests by the ids in the state, by instance, by the stack's subnets and tags, and cancels them: also those of
 * hosts that were replaced. Terraform gives a request no tags, so a forgotten one shows by the subnet that it starts in.
 *
 * @param client EC2 in the target's region. @default - the user's own credentials and endpoint settings
 * @throws UserError when AWS refuses or cannot be reached: going on would let EC2 start the instance again
 */
export async function cancelSpotRequests(
  target: SpotTarget,
  client: EC2Client = defaultClient(target.region),
): Promise<string[]> {
  try {
    const ids = await openRequests(client, target);
    if (ids.length > 0) await client.send(new CancelSpotInstanceRequestsCommand({ SpotInstanceRequestIds: ids }));
    return ids;
  } catch (error) {
    throw new UserError(
      `The Spot requests of ${target.instanceIds.join(", ")} in ${target.region} could not be cancelled: ` +
        `${(error as Error).message || (error as Error).name}. Nothing was destroyed; correct this and run the teardown again.`,
    );
  } finally {
    client.destroy();
  }
}

function defaultClient(region: string): EC2Client {
  quietSdk();
  return new EC2Client({ region });
}

async function openRequests(client: EC2Client, target: SpotTarget): Promise<string[]> {
  const known = {
    requests: new Set(target.requestIds),
    instances: new Set([...target.instanceIds, ...(await taggedInstances(client, target.tags))]),
    subnets: new Set(target.subnetIds),
  };
  const found: string[] = [];
  const filters = [{ Name: "state", Values: ["open", "active", "disabled"] }];
  for await (const { SpotInstanceRequests = [] } of paginateDescribeSpotInstanceRequests(
    { client },
    { Filters: filters },
  )) {
    for (const request of SpotInstanceRequests) {
      const { SpotInstanceRequestId: id = "", InstanceId: instance = "", LaunchSpecification: launch } = request;
      const named =
        known.requests.has(id) || known.instances.has(instance) || known.subnets.has(launch?.SubnetId ?? "");
      if (id && (named || carries(request, target.tags))) found.push(id);
    }
  }
  return found.sort();
}

const carries = ({ Tags: tags = [] }: SpotInstanceRequest, wanted: Record<string, string>): boolean =>
  hasAllTags(wanted) &&
  Object.entries(wanted).every(([name, value]) => tags.some((tag) => tag.Key === name && tag.Value === value));

/** Instances that carry the stack's tags, also those that a request has started since the last apply. */
async function taggedInstances(client: EC2Client, tags: Record<string, string>): Promise<string[]> {
  if (!hasAllTags(tags)) return [];
  const answer = await client.send(new DescribeInstancesCommand({ Filters: tagFilters(tags) }));
  const instances = (answer.Reservations ?? []).flatMap(({ Instances }) => Instances ?? []);
  return instances
    .filter(({ InstanceLifecycle }) => InstanceLifecycle === "spot")
    .flatMap(({ InstanceId: id }) => id ?? []);
}

/** A search by fewer tags could hit another stack's resources. */
const hasAllTags = (tags: Record<string, string>): boolean => STACK_TAGS.every((name) => tags[name]);

const tagFilters = (tags: Record<string, string>): Filter[] =>
  Object.entries(tags).map(([name, value]) => ({ Name: `tag:${name}`, Values: [value] }));
