/** RDS: what instances and clusters get from AWS, and what it refuses. */
import type { ApplyInput, Ctx, Diagnostic, Obj, PlanInput, World, WorldObject } from "../contract";
import { UNKNOWN } from "../wire/value";
import { digits, fallback, type Hooks, only, refuse, text, unknownOnChange, unset } from "./service";
import { checkFamily, checkInstance, checkMajor, checkParameters, checkReplica } from "./database-checks";

export const DATABASE_HOOKS: Hooks = {
  aws_db_instance: {
    plan: planInstance,
    check: (input) => [...checkInstance(input), ...checkReplica(input), ...checkFamily(input), ...checkMajor(input)],
    apply: applyInstance,
    checkDestroy: checkFinalSnapshot,
    destroy: ({ object, world }) => leave(object, world),
  },
  aws_rds_cluster: {
    plan: planEngine,
    check: (input) => [...checkCapacity(input), ...checkFamily(input), ...checkMajor(input)],
    apply: applyCluster,
    checkDestroy: checkFinalSnapshot,
    destroy: ({ object, world }) => leave(object, world),
  },
  aws_rds_cluster_instance: { check: checkMember, apply: applyMember },
  aws_db_parameter_group: { check: checkParameters },
  aws_rds_cluster_parameter_group: { check: checkParameters },
};

const MASTER_SECRET = "aws_secretsmanager_secret";

/** What is not known while a new version or a new keeper of the password comes. */
function planEngine({ prior, planned }: PlanInput): { planned: Obj } {
  const versioned = unknownOnChange(prior, planned, "engine_version_actual", ["engine_version"]);
  return { planned: unknownOnChange(prior, versioned, "master_user_secret", ["manage_master_user_password"]) };
}

/** Storage that RDS grew by itself is no difference: the provider leaves it as long as growing is allowed. */
function planInstance(input: PlanInput): { planned: Obj } {
  const { planned } = planEngine(input);
  const [before, wanted, most] = [
    input.prior?.allocated_storage,
    planned.allocated_storage,
    planned.max_allocated_storage,
  ];
  const grew = typeof before === "number" && typeof wanted === "number" && before > wanted;
  return {
    planned: grew && typeof most === "number" && most > wanted ? { ...planned, allocated_storage: before } : planned,
  };
}

function applyInstance({ prior, config, result, ctx, world }: ApplyInput): { result: Obj } {
  const source = world.ofType("aws_db_instance").find((o) => o.attributes.identifier === config.replicate_source_db);
  const inherited = source ? fallback(result, config, ofSource(source.attributes)) : result;
  const address = `${String(result.identifier)}.${digits(12, ctx.account, ctx.region)}.${ctx.region}.rds.sim.amazonaws.example`;
  const made = fallback(inherited, config, {
    port: 5432,
    multi_az: false,
    storage_type: "gp2",
    ...ofPrior(prior, "port"),
  });
  const endpoint = `${address}:${String(made.port)}`;
  const status = { status: "available", resource_id: made.id, engine_version_actual: minorOf(made.engine_version) };
  return { result: withSecret({ ...made, address, endpoint, ...status }, prior, `db-${String(made.id)}`, ctx, world) };
}

const ofPrior = (prior: Obj | null, ...names: string[]): Obj =>
  Object.fromEntries(names.filter((name) => prior && prior[name] !== UNKNOWN).map((name) => [name, prior?.[name]]));

/** A replica is made of its source. */
function ofSource(source: Obj): Obj {
  const names = ["allocated_storage", "db_name", "db_subnet_group_name", "engine", "engine_version", "username"];
  return Object.fromEntries(names.map((name) => [name, source[name]]));
}

/** RDS takes the newest minor version of a major one. */
function minorOf(version: unknown): string {
  const wanted = text(version) ?? "17";
  return wanted.includes(".") ? wanted : `${wanted}.6`;
}

function applyCluster({ prior, config, result, ctx, world }: ApplyInput): { result: Obj } {
  const name = (kind: string): string =>
    `${String(result.cluster_identifier)}.${kind}-${digits(12, ctx.account, ctx.region)}.${ctx.region}.rds.sim.amazonaws.example`;
  const made = {
    ...fallback(result, config, { port: 5432, ...ofPrior(prior, "port") }),
    endpoint: name("cluster"),
    reader_endpoint: name("cluster-ro"),
    engine_version_actual: minorOf(result.engine_version),
  };
  return { result: withSecret(made, prior, `cluster-${String(result.cluster_resource_id)}`, ctx, world) };
}

function applyMember({ prior, result, world }: ApplyInput): { result: Obj } {
  const cluster = clusterOf(result, world)?.attributes ?? {};
  const isFirst = !world
    .ofType("aws_rds_cluster_instance")
    .some(
      (o) =>
        o.attributes.cluster_identifier === result.cluster_identifier && o.attributes.identifier !== result.identifier,
    );
  const { engine_version, engine_version_actual, storage_encrypted, port } = cluster;
  const inherited = { engine_version, engine_version_actual, storage_encrypted, port };
  return { result: { ...result, ...inherited, writer: prior ? prior.writer : isFirst } };
}

function clusterOf({ cluster_identifier }: Obj, world: World): WorldObject | undefined {
  return world.ofType("aws_rds_cluster").find((o) => o.attributes.cluster_identifier === cluster_identifier);
}

function checkMember(input: ApplyInput): Diagnostic[] {
  const cluster = clusterOf(input.result, input.world)?.attributes;
  if (!cluster || input.result.instance_class !== "db.serverless" || only(cluster.serverlessv2_scaling_configuration)) {
    return [];
  }
  const message =
    "InvalidDBClusterStateFault: Set the Serverless v2 scaling configuration on the parent DB cluster first.";
  return [refuse(input, message, "The cluster has no serverlessv2_scaling_configuration.", "instance_class")];
}

function checkCapacity(input: ApplyInput): Diagnostic[] {
  const scaling = only(input.config.serverlessv2_scaling_configuration);
  if (!scaling) return [];
  const found = (message: string, detail: string): Diagnostic[] => [
    refuse(input, `InvalidParameterValue: ${message}`, detail, "serverlessv2_scaling_configuration"),
  ];
  const [min, max] = [Number(scaling.min_capacity), Number(scaling.max_capacity)];
  if (min > max)
    return found("The minimum capacity is greater than the maximum capacity.", `${min} is more than ${max}.`);
  const pauses = !unset(scaling.seconds_until_auto_pause);
  if (pauses && min !== 0)
    return found("SecondsUntilAutoPause needs a minimum capacity of 0.", `The minimum is ${min}.`);
  return [];
}

/** The administrator's secret comes and goes with RDS's keeping it. */
function withSecret(result: Obj, prior: Obj | null, owner: string, ctx: Ctx, world: World): Obj {
  const before = text(only(prior?.master_user_secret)?.secret_arn);
  if (result.manage_master_user_password !== true) {
    if (before !== undefined) world.drop(MASTER_SECRET, before);
    return { ...result, master_user_secret: [] };
  }
  if (before !== undefined) return { ...result, master_user_secret: prior?.master_user_secret };
  const name = `rds!${owner.toLowerCase()}`;
  const arn = `arn:aws:secretsmanager:${ctx.region}:${ctx.account}:secret:${name}-${digits(6, name)}`;
  world.add({ type: MASTER_SECRET, id: arn, region: ctx.region, attributes: { id: arn, arn, name } });
  const kms_key_id = `arn:aws:kms:${ctx.region}:${ctx.account}:alias/aws/secretsmanager`;
  return { ...result, master_user_secret: [{ kms_key_id, secret_arn: arn, secret_status: "active" }] };
}

/** What a database leaves: its final snapshot, and no secret. */
function leave(object: WorldObject, world: World): Diagnostic[] {
  const secret = text(only(object.attributes.master_user_secret)?.secret_arn);
  if (secret !== undefined) world.drop(MASTER_SECRET, secret);
  return keepSnapshot(object, world);
}

/** The final snapshot of an earlier database of this name is still there. */
function checkFinalSnapshot(object: WorldObject, _ctx: Ctx, world: World): Diagnostic[] {
  const name = snapshotName(object);
  if (name === undefined || !world.get("aws_db_snapshot", name, object.region)) return [];
  return [
    {
      severity: "error",
      summary: `deleting ${object.type}: DBSnapshotAlreadyExists: Cannot create the snapshot because a snapshot with the identifier ${name} already exists.`,
      detail: "An earlier deletion left it. Choose another final_snapshot_identifier, or delete the snapshot.",
    },
  ];
}

function snapshotName({ attributes }: WorldObject): string | undefined {
  return attributes.skip_final_snapshot === true ? undefined : text(attributes.final_snapshot_identifier);
}

function keepSnapshot(object: WorldObject, world: World): Diagnostic[] {
  const id = snapshotName(object);
  if (id !== undefined) {
    const attributes = { id, db_snapshot_identifier: id, source: object.id };
    world.add({ type: "aws_db_snapshot", id, region: object.region, attributes });
  }
  return [];
}
