/** What AWS refuses to delete: protected objects, and those that others still use. */
import type { Ctx, Diagnostic, World, WorldObject } from "../contract";
import { readFacts } from "./load";
import { fillIn, refusal } from "./messages";
import { elements, isSet, select } from "./paths";

/** One reason to refuse, as `deletion.json` tells it. */
export interface DeletionRule {
  error: string;
  /** Refused only when this argument is true. */
  when?: string;
  /** Not refused when this argument is true. */
  unless?: string;
  /** Not refused when this argument is set. */
  unlessSet?: string;
  /** `type.dotted.path` of arguments that hold the object's name. */
  usedBy?: string[];
  /** The attribute that others name it by. @default "id" */
  key?: string;
  /** Users whose own argument of this name is the object do not count. */
  exceptOwn?: string;
}

export class Deletion {
  private readonly rules = readFacts("deletion.json") as Record<string, DeletionRule[]>;

  check(object: WorldObject, ctx: Ctx, world: World): Diagnostic[] {
    return (this.rules[object.type] ?? []).flatMap((rule) => {
      const { attributes } = object;
      if (rule.when && attributes[rule.when] !== true) return [];
      if (rule.unless && attributes[rule.unless] === true) return [];
      if (rule.unlessSet && isSet(attributes[rule.unlessSet])) return [];
      const users = usersOf(object, rule, world);
      if (rule.usedBy && users.length === 0) return [];
      const message = fillIn(rule.error, { ...attributes, id: object.id, account: ctx.account });
      return [refusal("deleting", object.type, message, explain(rule, users))];
    });
  }
}

function usersOf(object: WorldObject, rule: DeletionRule, world: World): WorldObject[] {
  const name = rule.key === undefined ? object.id : object.attributes[rule.key];
  return (rule.usedBy ?? []).flatMap((user) => {
    const dot = user.indexOf(".");
    return world
      .ofType(user.slice(0, dot))
      .filter((o) => o.id !== object.id || o.type !== object.type)
      .filter((o) => !(rule.exceptOwn && o.attributes[rule.exceptOwn] === name))
      .filter((o) =>
        select(o.attributes, user.slice(dot + 1)).some((at) => elements(at).some((e) => e.value === name)),
      );
  });
}

const SHOWN = 5;

function explain(rule: DeletionRule, users: WorldObject[]): string {
  if (users.length > 0) {
    const names = users.slice(0, SHOWN).map((user) => `${user.type} ${user.id}`);
    const more = users.length > SHOWN ? ` and ${users.length - SHOWN} more` : "";
    return `Still using it: ${names.join(", ")}${more}. They must go first.`;
  }
  if (rule.when) return `Apply with ${rule.when} = false first, then delete.`;
  return "Set one of the arguments, apply, then delete.";
}
