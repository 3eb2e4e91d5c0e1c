/** Plans one object: what it will be, and whether the change replaces it. */
import type { Diagnostic, Knowledge, Obj, TypeFacts, Value } from "../contract";
import type { TypeSchema } from "../schema/types";
import { canon } from "../wire/value";
import { complete } from "./complete";
import { isRegional, planCrossCutting } from "./cross-cutting";
import type { Step } from "./diagnostics";
import { changedPaths, places, schemaHas, wirePaths } from "./paths";
import type { Session } from "./session";

export interface PlanRequest {
  schema: TypeSchema;
  config: Obj;
  prior: Obj | null;
  /** Terraform's proposal: the configuration, with what the provider computed before. */
  proposed: Obj;
  session: Session;
  knowledge: Knowledge;
}

export interface Plan {
  planned: Obj;
  requiresReplace: Step[][];
  diagnostics: Diagnostic[];
}

export function plan(request: PlanRequest): Plan {
  const { schema, config, prior, session, knowledge } = request;
  const { type, block } = schema;
  const facts = knowledge.facts(type);
  const planned = request.proposed;
  complete(block, planned, prior, facts);
  planCrossCutting(block, planned, config, session.settings);
  if (prior) keepEquivalent(schema, planned, prior, facts);
  const { ctx, world } = session;
  const hooked = knowledge.hooks(type).plan?.({ type, config, prior, planned, ctx, world }) ?? { planned };
  const named = (hooked.requiresReplace ?? []).flatMap((path) => wirePaths(block, hooked.planned, path));
  return {
    planned: hooked.planned,
    requiresReplace: prior ? [...replacingChanges(schema, hooked.planned, prior, facts), ...named] : [],
    diagnostics: hooked.diagnostics ?? [],
  };
}

function replacingChanges(schema: TypeSchema, planned: Obj, prior: Obj, facts: TypeFacts): Step[][] {
  const options = { zeroIsNull: !schema.framework };
  const paths = isRegional(schema.block) ? [...facts.forceNew, "region"] : facts.forceNew;
  const found = paths.flatMap((path) => changedPaths(schema.block, prior, planned, path, options));
  return [...new Map(found.map((path) => [canon(path), path])).values()];
}

/** Where the provider ignores differences, a document that only looks different stays as it was. */
function keepEquivalent(schema: TypeSchema, planned: Obj, prior: Obj, facts: TypeFacts): void {
  for (const path of facts.diffSuppressed) {
    const before = places(schema.block, prior, path);
    places(schema.block, planned, path).forEach((place, i) => {
      const old = before[i];
      if (old && sameDocument(old.holder[old.name], place.holder[place.name]))
        place.holder[place.name] = old.holder[old.name];
    });
  }
}

function sameDocument(a: Value, b: Value): boolean {
  if (typeof a !== "string" || typeof b !== "string" || !/^\s*[[{]/.test(a) || !/^\s*[[{]/.test(b)) return false;
  try {
    return canon(JSON.parse(a)) === canon(JSON.parse(b));
  } catch {
    return false;
  }
}

/**
 * Whether plans of the type break the strict rules, as those of the older SDK may: a default stands where the
 * configuration has nothing, or the cloud fills a block.
 */
export function needsLegacyRules(schema: TypeSchema, facts: TypeFacts): boolean {
  if (schema.framework) return false;
  const paths = [...Object.keys(facts.defaults), ...facts.computedBlocks, ...facts.diffSuppressed];
  return paths.some((path) => schemaHas(schema.block, path));
}
