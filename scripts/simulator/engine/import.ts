/** Finds what an import names, and makes whole what somebody wrote into the world file. */
import type { Diagnostic, Knowledge, Obj, WorldObject } from "../contract";
import { conform, toJson } from "../schema/shape";
import type { TypeSchema } from "../schema/types";
import { GLOBAL, type StoredObject } from "../world";
import { complete } from "./complete";
import { isRegional } from "./cross-cutting";
import { error } from "./diagnostics";
import { fill } from "./fill";
import { inRegion, type Session } from "./session";

/**
 * Finds the object that an import names: by id, as the provider names it, by ARN, or by name; `<id>@<region>` names the region too. One of the
 * fixtures becomes an object of the world.
 */
export function findImport(
  schema: TypeSchema,
  id: string,
  { ctx, world }: Session,
  knowledge: Knowledge,
): StoredObject | Diagnostic {
  const at = /^(.+)@([a-z]{2}(?:-[a-z]+)+-\d)$/.exec(id);
  const wanted =
    at && isRegional(schema.block) ? { id: at[1] ?? id, region: at[2] ?? ctx.region } : { id, region: ctx.region };
  const all = knowledge.seen(world).ofType(schema.type);
  const here = all.filter((o) => o.region === GLOBAL || o.region === wanted.region);
  const names = (o: WorldObject): unknown[] => [o.attributes.arn, o.attributes.name];
  const found =
    here.find((o) => o.id === wanted.id) ??
    here.find((o) => knowledge.importId(o) === wanted.id) ??
    here.find((o) => names(o).includes(wanted.id));
  if (found) return world.ofType(schema.type).find((o) => o === found) ?? world.takeOver(found);
  const known = here.map((o) => `"${o.id}"`).sort();
  const listed =
    known.length > 0 ? `It has ${known.slice(0, 5).join(", ")}${known.length > 5 ? ", ..." : ""}.` : "It has none.";
  return error(
    "Cannot import non-existent remote object",
    `The simulated account has no ${schema.type} "${wanted.id}" in ${wanted.region}. ${listed} Create it first, or add it to the world file or to "world" in the fixtures file.`,
  );
}

/** Gives an object that was written by hand the defaults and computed values that AWS would show. */
export function settle(schema: TypeSchema, object: StoredObject, session: Session, knowledge: Knowledge): void {
  const { type, block } = schema;
  const known = { ...(isRegional(block) ? { region: object.region } : {}), ...object.attributes };
  const whole = conform(block, "id" in known ? known : { ...known, id: object.id });
  complete(block, whole, null, knowledge.facts(type));
  fill({ type, block, key: object.key, session: inRegion(session, whole.region), knowledge }, whole);
  object.attributes = toJson(whole) as Obj;
  session.world.put(object);
}
