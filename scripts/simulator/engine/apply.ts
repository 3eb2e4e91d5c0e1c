/** Creates, updates and destroys objects of the world. */
import type { Diagnostic, Knowledge, Obj } from "../contract";
import { conform, toJson } from "../schema/shape";
import type { TypeSchema } from "../schema/types";
import { canon, hasUnknown } from "../wire/value";
import { GLOBAL, type StoredObject } from "../world";
import { isRegional } from "./cross-cutting";
import { hasError } from "./diagnostics";
import { fill } from "./fill";
import { inRegion, type Session } from "./session";

export interface ApplyRequest {
  schema: TypeSchema;
  config: Obj;
  prior: Obj | null;
  planned: Obj;
  /** The object that the state names, when there is one in the world. */
  current: StoredObject | undefined;
  session: Session;
  knowledge: Knowledge;
  /** Whether no state holds the object, although an earlier run made it. */
  isForgotten: (object: StoredObject) => boolean;
}

export interface Applied {
  /** Undefined when the change was refused. */
  object: StoredObject | undefined;
  diagnostics: Diagnostic[];
}

/** Brings an object to its planned state; a refused change leaves the world as it was. */
export function apply(request: ApplyRequest): Applied {
  const { schema, config, planned, knowledge } = request;
  const { type, block } = schema;
  const session = inRegion(request.session, planned.region);
  const { ctx, world } = session;
  const current = request.current ?? forgotten(request, session);
  // AWS replaces a forgotten object as if it were changed.
  const prior = request.prior ?? (current ? conform(block, current.attributes) : null);
  const configuration = canon([ctx.seed, type, ctx.region, config]);
  const key = current?.key ?? world.nextKey(configuration);
  fill({ type, block, key, session, knowledge }, planned);

  const seeded = { ...ctx, seed: key };
  const diagnostics = knowledge.checkApply({ type, config, prior, result: planned, ctx: seeded, world });
  if (hasError(diagnostics)) return { object: undefined, diagnostics };
  const hooked = knowledge.hooks(type).apply?.({ type, config, prior, result: planned, ctx: seeded, world });
  diagnostics.push(...(hooked?.diagnostics ?? []));
  if (hasError(diagnostics)) return { object: undefined, diagnostics };
  const result = conform(block, hooked?.result ?? planned);
  if (hasUnknown(result)) throw new Error(`${type}: values are still unknown after the apply`);
  const region = isRegional(block) ? ctx.region : GLOBAL;
  const object = { type, id: idOf(result, key), region, attributes: toJson(result) as Obj, key };
  world.put(object, current ? undefined : configuration);
  return { object, diagnostics };
}

/** The object that AWS would replace without a word, because its creation only sets something. */
function forgotten({ schema, planned, knowledge, isForgotten }: ApplyRequest, session: Session) {
  const { ctx, world } = session;
  const same = knowledge.replaces(schema.type, planned, ctx, world);
  const stored = same && world.ofType(schema.type).find((o) => o === same);
  return stored && isForgotten(stored) ? stored : undefined;
}

/** Some newer types have no id of their own. */
function idOf(result: Obj, key: string): string {
  const id = result.id ?? result.arn;
  return typeof id === "string" ? id : key.slice(0, 32);
}

/** Removes an object, unless something forbids it; one that is gone already counts as removed. */
export function destroy(object: StoredObject | undefined, session: Session, knowledge: Knowledge): Diagnostic[] {
  if (!object) return [];
  const { ctx, world } = object.region === GLOBAL ? session : inRegion(session, object.region);
  const diagnostics = knowledge.checkDestroy(object, ctx, world);
  if (!hasError(diagnostics))
    diagnostics.push(...(knowledge.hooks(object.type).destroy?.({ object, ctx, world }) ?? []));
  if (!hasError(diagnostics)) world.remove(object.key);
  return diagnostics;
}
