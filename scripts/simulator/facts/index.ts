/** All that the engine asks about resource types, from the data files and the hooks. */
import type { ApplyInput, Knowledge, Obj, TypeFacts, TypeHooks, World } from "../contract";
import { hooksOf } from "../hooks";
import { ArnIndex } from "./arn";
import { Deletion } from "./deletion";
import { DataSources, readFixtures } from "./fixtures";
import { ImportIds } from "./import-ids";
import { loadTypes, readFacts } from "./load";
import { References } from "./references";
import type { TypeData } from "./types";
import { UniqueNames } from "./unique";
import { validateConfig } from "./validate";
import { withExisting } from "./world-view";

/**
 * Loads everything that is known about resource types.
 *
 * @throws UserError when the fixtures file cannot be used
 */
export function knowledge(options: { fixturesFile?: string } = {}): Knowledge {
  const types = loadTypes();
  const fixtures = readFixtures(options.fixturesFile);
  const references = new References(new ArnIndex(types));
  const importIds = new ImportIds();
  const unique = new UniqueNames(importIds);
  const deletion = new Deletion();
  const dataSources = new DataSources(fixtures.data);
  const seen = (world: World): World => withExisting(world, fixtures.world);
  const seeing = (input: ApplyInput): ApplyInput => ({ ...input, world: seen(input.world) });

  return {
    facts: (type) => factsOf(types.get(type) ?? {}),
    hooks: (type) => engineHooks(type, seeing, seen, unique),
    validate: (type, config) => validateConfig(types.get(type) ?? {}, config),
    checkApply: (input) => {
      const view = seeing(input);
      return [...references.check(view), ...unique.check(view), ...(hooksOf(input.type).check?.(view) ?? [])];
    },
    checkDestroy: (object, ctx, world) => {
      const view = seen(world);
      return [...deletion.check(object, ctx, view), ...(hooksOf(object.type).checkDestroy?.(object, ctx, view) ?? [])];
    },
    dataSource: (type, config, ctx, world) => dataSources.answer(type, config, ctx, seen(world)),
    replaces: (type, result, ctx, world) => unique.replaces(type, result, ctx, world),
    importId: (object) => importIds.of(object),
    seen,
    ephemeral: readFacts("ephemeral.json") as Knowledge["ephemeral"],
    computedListLength: (type, attribute, object) => listLength(types.get(type) ?? {}, attribute, object),
  };
}

function factsOf(data: TypeData): TypeFacts {
  return {
    ...(data.id === undefined ? {} : { id: data.id }),
    ...(data.arn === undefined ? {} : { arn: data.arn }),
    forceNew: data.forceNew ?? [],
    defaults: data.defaults ?? {},
    sensitive: data.sensitive ?? [],
    computedBlocks: Object.keys(data.computedBlocks ?? {}),
    diffSuppressed: data.diffSuppressed ?? [],
  };
}

/** The hooks as the engine calls them: they see the fixtures' objects, and deleted names are kept where AWS keeps them. */
function engineHooks(
  type: string,
  seeing: (input: ApplyInput) => ApplyInput,
  seen: (world: World) => World,
  unique: UniqueNames,
): TypeHooks {
  const hooks = hooksOf(type);
  return {
    ...hooks,
    apply: (input) => hooks.apply?.(seeing(input)) ?? { result: input.result },
    read: (input) => hooks.read?.({ ...input, world: seen(input.world) }),
    destroy: (input) => {
      const refused = hooks.destroy?.(input) ?? [];
      if (refused.length === 0) unique.keepNames(input.object, input.world);
      return refused;
    },
  };
}

/** One element, as most have; none or one where the facts say so. */
function listLength(data: TypeData, attribute: string, object: Obj): number {
  const length = data.computedBlocks?.[attribute] ?? data.lists?.[attribute] ?? 1;
  return typeof length === "number" ? length : Number(object[length] === true);
}
