/** Tells which resource of a plan an object belongs to that exists although the state does not hold it. */
import { terraform, terraformJson } from "../lib/terraform";
import type { ForgottenObject } from "./engines";
import type { Place } from "./terraform-steps";

interface PlanJson {
  resource_changes?: PlannedChange[];
}

/** The part of a planned change that matters here, as `terraform show -json` tells it. */
export interface PlannedChange {
  address: string;
  type: string;
  change: { actions: string[]; after: Record<string, unknown> | null };
}

export interface Found {
  object: ForgottenObject;
  /** Undefined when no resource that is still to be made is like it. */
  address: string | undefined;
}

const PLAN_FILE = "tierstack-forgotten.tfplan";

/** Plans, and gives each object the address of the resource that would be made once more. */
export async function findAddresses(objects: readonly ForgottenObject[], { cwd, env }: Place): Promise<Found[]> {
  await terraform(["plan", "-no-color", `-out=${PLAN_FILE}`], { cwd, env });
  const plan = await terraformJson<PlanJson>(["show", "-json", PLAN_FILE], { cwd, env });
  return matchAddresses(objects, plan.resource_changes ?? []);
}

/** Each address is given once; everything that the plan knows of the resource must be so in the object. */
export function matchAddresses(objects: readonly ForgottenObject[], changes: readonly PlannedChange[]): Found[] {
  const free = changes.filter(({ change }) => change.actions.includes("create"));
  return objects.map((object) => {
    const at = free.findIndex(({ type, change }) => type === object.type && isLike(change.after ?? {}, object));
    return { object, address: at < 0 ? undefined : free.splice(at, 1)[0]?.address };
  });
}

/** Lists are left out: a set has no order. */
function isLike(planned: Record<string, unknown>, { attributes }: ForgottenObject): boolean {
  return Object.entries(planned).every(
    ([name, value]) => value === null || Array.isArray(value) || sameValue(value, attributes[name]),
  );
}

function sameValue(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || a === null || typeof b !== "object" || b === null) return a === b;
  const fields = a as Record<string, unknown>;
  return Object.entries(fields).every(([name, value]) => sameValue(value, (b as Record<string, unknown>)[name]));
}
