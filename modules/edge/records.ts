import { createHash } from "node:crypto";
import type { Construct } from "constructs";
import type { PublicHost } from "./public-hosts";

/** Seconds that resolvers keep a record: short, because a move changes it. */
export const TTL_SECONDS = 60;

/** A record to create by hand when the zone is elsewhere. */
export interface RecordToCreate {
  readonly name: string;
  /** "ALIAS" is what a DNS provider calls ALIAS, ANAME or a flattened CNAME: a domain itself takes no CNAME. */
  readonly type: "A" | "CNAME" | "ALIAS";
  readonly ttl: number;
  readonly value: string;
}

/** How many there are of what exists only with a hosted zone. */
export const WITH_HOSTED_ZONE = '${var.hosted_zone_id == "" ? 0 : 1}';

/**
 * The id of a public name's record below its construct: "apex" for the domain itself, else what stands before it, else
 * the whole name. Two names that come to the same id ("a-b" and "a.b") stay apart by a digest of the later one.
 */
export function recordId(scope: Construct, { name, label }: PublicHost, prefix = ""): string {
  const id = prefix + (label === "" ? "apex" : (label ?? name)).replace(/[^a-z0-9]+/g, "_");
  if (scope.node.tryFindChild(id) === undefined) return id;
  return `${id}_${createHash("sha256").update(name).digest("hex").slice(0, 8)}`;
}
