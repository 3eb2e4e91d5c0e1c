/** Decides what a teardown takes away and what it leaves, from the shipped configuration and the state. */
import { type Blocks, type Json, resourceBlocks, type StackJson } from "../lib/stack-json";
import type { Held } from "./state";

/** What the user allows to be lost. */
export interface Permission {
  /** Volumes (after a last snapshot) and secrets. */
  deleteData: boolean;
  /** Buckets with everything in them. */
  deleteBackups: boolean;
}

/**
 * Types that hold data of their own, the permission that lets them go, and the arguments that have to stand in the state
 * before the provider deletes them: a last snapshot, a bucket that may be full, a secret without a waiting time.
 */
const DATA_TYPES: Record<string, { permission: keyof Permission; release: Json }> = {
  aws_ebs_volume: { permission: "deleteData", release: { final_snapshot: true } },
  aws_secretsmanager_secret: { permission: "deleteData", release: { recovery_window_in_days: 0 } },
  aws_s3_bucket: { permission: "deleteBackups", release: { force_destroy: true } },
};

/** Arguments that refuse a deletion of what can be made again, and the value that allows it. */
const GUARDS: Record<string, { shipped: unknown; lifted: unknown }> = {
  deletion_protection: { shipped: true, lifted: false },
  enable_deletion_protection: { shipped: true, lifted: false },
  disable_api_termination: { shipped: true, lifted: false },
  force_delete: { shipped: false, lifted: true },
};

/** Types that other resources cannot be read without. */
const KEY_TYPES = new Set(["aws_kms_key", "aws_kms_alias"]);

export interface Decision {
  /** Stays in the account and leaves the state, with what configures it. */
  stays: Held[];
  /** The part of `stays` that holds the data; the rest are its settings. */
  leftovers: Held[];
  /** Is destroyed. */
  goes: Held[];
  /** Arguments to change before the deletion, by block address. */
  lifts: Map<string, Json>;
}

/** Sorts everything in the state into what stays and what goes. */
export function decide(stack: StackJson, held: readonly Held[], permission: Permission): Decision {
  const kept = keptBlocks(stack, permission);
  const stays = held.filter(({ block }) => kept.has(block));
  const goes = held.filter(({ block }) => !kept.has(block));
  const goingBlocks = new Set(goes.map(({ block }) => block));
  const lifts = new Map<string, Json>();
  for (const { address, type, block } of resourceBlocks(stack)) {
    if (!goingBlocks.has(address)) continue;
    const changes = { ...DATA_TYPES[type]?.release, ...liftedGuards(block) };
    if (Object.keys(changes).length > 0) lifts.set(address, changes);
  }
  return { stays, leftovers: stays.filter(({ block }) => kept.get(block) === "data"), goes, lifts };
}

/** Blocks that stay, by address: what holds data, and what belongs to it. */
function keptBlocks(stack: StackJson, permission: Permission): Map<string, "data" | "companion"> {
  const kept = new Map<string, "data" | "companion">();
  const blocks = [...resourceBlocks(stack)];
  for (const { address, type, block } of blocks) {
    if (holdsData(type, block) && !isReleased(type, permission)) kept.set(address, "data");
  }
  const roots = Array.from(kept.keys());
  for (const root of roots) {
    for (const { address, type, block } of blocks) {
      if (kept.has(address)) continue;
      if (configures(type, block, root) || isKeyOf(type, address, stack.resource, root)) kept.set(address, "companion");
    }
  }
  return kept;
}

function holdsData(type: string, block: Json): boolean {
  const lifecycle = block.lifecycle as { prevent_destroy?: boolean } | undefined;
  return lifecycle?.prevent_destroy === true || type in DATA_TYPES;
}

function isReleased(type: string, permission: Permission): boolean {
  const known = DATA_TYPES[type];
  return known !== undefined && permission[known.permission];
}

/** A setting of another resource has its type as the start of its own, and refers to it (aws_s3_bucket_policy). */
function configures(type: string, block: Json, root: string): boolean {
  const rootType = root.split(".")[0] ?? root;
  return type.startsWith(`${rootType}_`) && refersTo(block, root);
}

function isKeyOf(type: string, address: string, resources: Blocks = {}, root: string): boolean {
  const [rootType = "", rootName = ""] = root.split(".");
  return KEY_TYPES.has(type) && refersTo(resources[rootType]?.[rootName], address);
}

/** Whether a block holds a reference to an address. */
function refersTo(block: unknown, address: string): boolean {
  const pattern = new RegExp(`(?<![\\w.-])${address.replaceAll(".", "\\.")}(?![\\w-])`);
  return pattern.test(JSON.stringify(block ?? null));
}

function liftedGuards(block: Json): Json {
  const present = Object.entries(GUARDS).filter(([name, guard]) => block[name] === guard.shipped);
  return Object.fromEntries(present.map(([name, guard]) => [name, guard.lifted]));
}

/**
 * The configuration with the protections of what goes lifted. What stays keeps its own, so that Terraform itself refuses
 * to destroy it should it still be in the state.
 */
export function liftProtections(stack: StackJson, decision: Decision): StackJson {
  const copy = structuredClone(stack);
  const going = new Set(decision.goes.map(({ block }) => block));
  for (const { address, block } of resourceBlocks(copy)) {
    if (!going.has(address)) continue;
    Object.assign(block, decision.lifts.get(address));
    const lifecycle = block.lifecycle as Json | undefined;
    if (lifecycle) delete lifecycle.prevent_destroy;
  }
  return copy;
}

/** Blocks whose lifted arguments do not stand in the state yet. */
export function pendingLifts(decision: Decision): string[] {
  return [...decision.lifts]
    .filter(([block, changes]) =>
      decision.goes.some(
        (held) =>
          held.block === block && Object.entries(changes).some(([name, value]) => held.attributes[name] !== value),
      ),
    )
    .map(([block]) => block);
}
