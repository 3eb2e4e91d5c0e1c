import { Fn, Token } from "cdktf";
import { instanceSize, KNOWN_INSTANCE_TYPES } from "../spec/instance-types";
import { own } from "../spec/own";

/** Bytes of memory that RDS counts for one connection: `max_connections` is `LEAST({DBInstanceClassMemory/9531392},5000)`. */
const BYTES_PER_CONNECTION = 9_531_392;
/** Most connections that the same default allows. Source: AWS Prescriptive Guidance, "Tuning PostgreSQL parameters". */
const MOST_CONNECTIONS = 5000;

/**
 * `DBInstanceClassMemory` is not the memory of the class: the operating system and RDS's own processes come off. AWS
 * publishes four pairs for PostgreSQL: 2 GiB have 189 connections, 8 GiB 823, 16 GiB 1,669 and 32 GiB 3,360 (Aurora User
 * Guide, "Maximum connections for Aurora Serverless v2"). They lie on a line: 93.83 % of the memory without 199 MiB. The
 * formula on the full memory would say 225 for 2 GiB: an alarm at 80 % of that would ring at 95 % of the real limit.
 */
const SHARE_FOR_DATABASE = 0.9383;
const MIB_FOR_SYSTEM = 199;

/** Memory of one Aurora capacity unit. Source: Aurora User Guide, "Aurora Serverless v2 capacity". */
const MIB_PER_UNIT = 2048;
/** Most connections while the minimum is below one unit. Source: the same table's note. */
const MOST_CONNECTIONS_BELOW_ONE_UNIT = 2000;

/**
 * Memory in MiB by kind and size, such as "t.micro": burstable, general purpose and memory optimized classes of RDS have the
 * memory of the EC2 types of the same size, in every generation.
 * Source: Amazon RDS User Guide, "Hardware specifications for DB instance classes".
 */
const MEMORY_MIB: Readonly<Record<string, number>> = Object.fromEntries(
  KNOWN_INSTANCE_TYPES.filter((type) => /^[tmr]/.test(type) && !type.endsWith(".nano")).map((type) => [
    `${type[0]}.${type.split(".")[1]}`,
    instanceSize(type)?.memoryMiB ?? 0,
  ]),
);

/** Assumed for a class that is not known: an alarm on its connections rings early rather than never. */
const ASSUMED_MIB = 1024;

/** Memory of an RDS instance class in MiB, or undefined for one that is not known. */
export function classMemoryMiB(instanceClass: string): number | undefined {
  const [, kind = "", size = ""] = /^db\.([tmr])\d+[a-z]*\.(\w+)$/.exec(instanceClass) ?? [];
  return own(MEMORY_MIB, `${kind}.${size}`);
}

/** Connections that RDS for PostgreSQL allows on so much memory. */
export function connectionLimit(memoryMiB: number): number {
  const bytes = (memoryMiB * SHARE_FOR_DATABASE - MIB_FOR_SYSTEM) * 1024 * 1024;
  return Math.min(MOST_CONNECTIONS, Math.floor(bytes / BYTES_PER_CONNECTION));
}

/** Connections that an Aurora Serverless v2 cluster allows: they follow from its largest capacity, whatever it has now. */
export function auroraConnectionLimit(units: { readonly min: number; readonly max: number }): number {
  const limit = connectionLimit(units.max * MIB_PER_UNIT);
  return units.min < 1 ? Math.min(limit, MOST_CONNECTIONS_BELOW_ONE_UNIT) : limit;
}

/**
 * Connections that RDS for PostgreSQL allows on an instance class. A class that is a Terraform variable gives a reference that
 * Terraform looks up, so that what is computed from it follows the variable.
 */
export function classConnectionLimit(instanceClass: string): number {
  if (!Token.isUnresolved(instanceClass)) return connectionLimit(classMemoryMiB(instanceClass) ?? ASSUMED_MIB);
  const limits = Object.entries(MEMORY_MIB).map(([kind, memoryMiB]) => [kind, connectionLimit(memoryMiB)] as const);
  const parts = Fn.split(".", instanceClass);
  const kind = Fn.join(".", [Fn.substr(Fn.element(parts, 1), 0, 1), Fn.element(parts, 2)]);
  return Token.asNumber(Fn.lookup(Object.fromEntries(limits), kind, connectionLimit(ASSUMED_MIB)));
}
