/** Names that AWS wants unique, and names that it keeps after a deletion. */
import type { ApplyInput, Ctx, Diagnostic, Obj, World, WorldObject } from "../contract";
import { readFacts } from "./load";
import { fillIn, refusal } from "./messages";
import type { ImportIds } from "./import-ids";
import { isSet, select } from "./paths";

/** One name of a type, as `unique.json` tells it. */
export interface UniqueRule {
  /** Where the name may stand once: in all of AWS, in the account, or in a region of it. */
  scope: "global" | "account" | "region";
  /** The attributes that make up the name, dotted paths. */
  key: string[];
  /** Those of them that may be unset; without any other of them the rule does not apply. */
  optional?: string[];
  /** An argument that allows the name to be taken over. */
  unless?: string;
  error: string;
  /** AWS has no creation here: a second call sets anew what the first one set. */
  put?: true;
  /** The name stays taken after a deletion, except for objects with these values. */
  kept?: { unless: Obj; reason: string };
}

export class UniqueNames {
  private readonly rules = readFacts("unique.json") as Record<string, UniqueRule[]>;

  constructor(private readonly importIds: ImportIds) {}

  check(input: ApplyInput): Diagnostic[] {
    const { type, result, prior, ctx, world } = input;
    return (this.rules[type] ?? []).flatMap((rule) => {
      const name = nameOf(rule, result);
      if (name === undefined || (rule.unless && result[rule.unless] === true)) return [];
      if (prior && nameOf(rule, prior) === name) return [];
      const holder = holderOf(type, rule, name, ctx, world);
      const message = holder ? rule.error : world.reserved.get(reservedKey(type, rule, ctx.region, name));
      if (message === undefined) return [];
      const text = fillIn(message, { ...result, account: ctx.account });
      const scope = scopeText(rule, ctx.region);
      const detail = `The simulated account holds this name already (${scope}).${holder ? this.takeOver(holder) : ""}`;
      return [
        refusal(
          prior ? "updating" : "creating",
          type,
          text,
          detail,
          rule.key.slice(-1).flatMap((path) => path.split(".").slice(0, 1)),
        ),
      ];
    });
  }

  /** The object that a second call would set anew. */
  replaces(type: string, result: Obj, ctx: Ctx, world: World): WorldObject | undefined {
    const puts = (this.rules[type] ?? []).filter((rule) => rule.put);
    for (const rule of puts) {
      const name = nameOf(rule, result);
      const holder = name === undefined ? undefined : holderOf(type, rule, name, ctx, world);
      if (holder) return holder;
    }
    return undefined;
  }

  private takeOver(holder: WorldObject): string {
    const command = `terraform import <address> '${this.importIds.of(holder)}'`;
    return ` If an apply made it that did not end well, give it to this resource: ${command}`;
  }

  /** Called when an object goes: records the names that AWS keeps. */
  keepNames({ type, region, attributes }: WorldObject, world: World): void {
    for (const rule of this.rules[type] ?? []) {
      const name = nameOf(rule, attributes);
      if (!rule.kept || name === undefined) continue;
      if (Object.entries(rule.kept.unless).some(([path, value]) => attributes[path] === value)) continue;
      world.reserved.set(reservedKey(type, rule, region, name), fillIn(rule.kept.reason, attributes));
    }
  }
}

function holderOf(type: string, rule: UniqueRule, name: string, ctx: Ctx, world: World): WorldObject | undefined {
  return world
    .ofType(type)
    .find((o) => nameOf(rule, o.attributes) === name && (rule.scope !== "region" || o.region === ctx.region));
}

function nameOf(rule: UniqueRule, attributes: Obj): string | undefined {
  const parts = rule.key.map((path) => select(attributes, path)[0]?.value ?? null);
  const missing = rule.key.some((path, i) => !isSet(parts[i]) && !rule.optional?.includes(path));
  return missing ? undefined : JSON.stringify(parts);
}

function reservedKey(type: string, rule: UniqueRule, region: string, name: string): string {
  return `${type} ${rule.scope === "region" ? region : rule.scope} ${name}`;
}

function scopeText(rule: UniqueRule, region: string): string {
  return { global: "unique in all of AWS", account: "unique in an account", region: `unique in ${region}` }[rule.scope];
}
