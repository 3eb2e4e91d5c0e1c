/** What RDS refuses of databases and their parameter groups. */
import type { ApplyInput, Diagnostic, Obj } from "../contract";
import { objects, refuse, text, unset } from "./service";

/** Parameters of PostgreSQL that count after a restart only, as far as stacks set them. */
const STATIC_PARAMETERS = new Set([
  "huge_pages",
  "max_connections",
  "max_locks_per_transaction",
  "max_prepared_transactions",
  "max_replication_slots",
  "max_wal_senders",
  "max_worker_processes",
  "rds.logical_replication",
  "shared_buffers",
  "shared_preload_libraries",
  "track_activity_query_size",
  "wal_buffers",
]);

const major = (version: unknown): string => (text(version) ?? "").split(".")[0] ?? "";

export function checkInstance(input: ApplyInput): Diagnostic[] {
  const { config, prior, result } = input;
  const problems: Diagnostic[] = [];
  if (!prior && config.multi_az === true && !unset(config.availability_zone)) {
    const message =
      "InvalidParameterCombination: Requesting a specific availability zone is not valid for Multi-AZ instances.";
    problems.push(refuse(input, message, "Leave availability_zone out.", "availability_zone"));
  }
  const [before, wanted] = [prior?.allocated_storage, result.allocated_storage];
  if (typeof before === "number" && typeof wanted === "number" && wanted < before) {
    const message = `InvalidParameterCombination: Requested storage size (${wanted}) cannot be less than the current storage size (${before}).`;
    problems.push(refuse(input, message, "The storage of a database grows and never shrinks.", "allocated_storage"));
  }
  return problems;
}

export function checkReplica(input: ApplyInput): Diagnostic[] {
  const { config, world, prior } = input;
  const source = world
    .ofType("aws_db_instance")
    .find((o) => [o.attributes.identifier, o.attributes.arn].includes(config.replicate_source_db))?.attributes;
  if (prior || !source) return [];
  const found = (message: string, detail: string): Diagnostic[] => [
    refuse(input, message, detail, "replicate_source_db"),
  ];
  if (source.manage_master_user_password === true) {
    const engine = String(source.engine);
    return found(
      `InvalidParameterValue: Creating read replicas for source instance with engine ${engine} where ManageMasterUserPassword is enabled is not supported.`,
      "RDS makes no replica of a database whose administrator's password it manages.",
    );
  }
  if (Number(source.backup_retention_period ?? 0) > 0) return [];
  return found(
    "InvalidDBInstanceState: Automated backups are not enabled for this database instance.",
    "A replica starts from a backup: set backup_retention_period of the source.",
  );
}

/** A group of another family than the engine's version. */
export function checkFamily(input: ApplyInput): Diagnostic[] {
  const { result, world } = input;
  const isCluster = input.type === "aws_rds_cluster";
  const argument = isCluster ? "db_cluster_parameter_group_name" : "parameter_group_name";
  const group = world
    .ofType(isCluster ? "aws_rds_cluster_parameter_group" : "aws_db_parameter_group")
    .find((o) => o.attributes.name === result[argument])?.attributes;
  const version = major(result.engine_version);
  const family = `${String(result.engine)}${version}`;
  if (!group || version === "" || !/postgres/.test(family) || group.family === family) return [];
  const message = `InvalidParameterCombination: The Parameter Group ${String(group.name)} with DBParameterGroupFamily ${String(group.family)} cannot be used for this instance. Please use a Parameter Group with DBParameterGroupFamily ${family}`;
  return [refuse(input, message, "A family is made for one major version.", argument)];
}

export function checkMajor(input: ApplyInput): Diagnostic[] {
  const { prior, result, config } = input;
  const [before, wanted] = [Number(major(prior?.engine_version)), Number(major(result.engine_version))];
  if (!prior || !(before > 0) || wanted === before) return [];
  const found = (message: string, detail: string): Diagnostic[] => [
    refuse(input, `InvalidParameterCombination: ${message}`, detail, "engine_version"),
  ];
  if (wanted < before)
    return found(`Cannot upgrade ${String(result.engine)} from ${before} to ${wanted}`, "Versions only rise.");
  if (config.allow_major_version_upgrade === true) return [];
  return found(
    "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.",
    "Set allow_major_version_upgrade.",
  );
}

export function checkParameters(input: ApplyInput): Diagnostic[] {
  return objects(input.result.parameter)
    .filter(isStaticAtOnce)
    .map(({ name }) =>
      refuse(
        input,
        "InvalidParameterCombination: cannot use immediate apply method for static parameter",
        `${String(name)} counts after a restart: its apply_method is pending-reboot.`,
        "parameter",
      ),
    );
}

const isStaticAtOnce = ({ name, apply_method }: Obj): boolean =>
  STATIC_PARAMETERS.has(String(name)) && apply_method !== "pending-reboot";
