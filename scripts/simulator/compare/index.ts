/** Compares the schemas that the simulator sends with those of real providers. */
import * as path from "node:path";
import { UserError } from "../../lib/errors";
import { projectPaths, projectRoot } from "../../lib/paths";
import type { Knowledge } from "../contract";
import { ephemeralSchema } from "../engine/ephemeral-schema";
import { knowledge } from "../facts";
import { type Binding, BindingLibrary, installedBindings } from "../schema/library";
import type { TypeSchema } from "../schema/types";
import { ScopeScanner, type TypesInUse } from "../scope";
import { type Aspect, ASPECTS, type Difference, differences } from "./differences";
import { fromJson, fromSimulated, type SchemaJson } from "./normal";
import { type ProviderSchemas, readProviderFile } from "./provider-file";

export type { Difference } from "./differences";

const KINDS = ["provider", "resource", "data", "ephemeral"] as const;
type Kind = (typeof KINDS)[number];

/** A type whose schemas differ. */
export interface DifferingType {
  kind: Kind;
  type: string;
  differences: Difference[];
}

export interface Comparison {
  /** Providers that were compared, and those of the project that the file does not have. */
  providers: string[];
  notInFile: string[];
  /** How many types were compared, differing ones included. */
  types: number;
  differing: DifferingType[];
  /** How many differences there are of each sort; sorts without any are left out. */
  counts: Partial<Record<Aspect, number>>;
  /** Size of the file. */
  bytes: number;
}

export interface CompareOptions {
  /** What `terraform providers schema -json` printed. */
  file: string;
  /** Directories with the configurations whose types are compared. @default every type of the providers */
  scopes?: readonly string[];
}

/** The schemas of one kind by type, as they are or as a way to make them. */
type Schemas<T> = (type: string) => T | undefined;

/**
 * Compares, type by type.
 *
 * @throws UserError (exit 2) when the file cannot be used, or has none of the project's providers
 */
export function compareSchemas({ file, scopes }: CompareOptions): Comparison {
  const { bytes, schemasOf: find } = readProviderFile(file);
  const known = knowledge();
  const root = projectRoot();
  const cache = path.join(projectPaths(root).cache, "simulator");
  const bindings = installedBindings(path.join(root, "node_modules"));
  const there = bindings.flatMap((binding) => {
    const schemas = find(binding.source);
    return schemas ? [{ binding, schemas }] : [];
  });
  if (there.length === 0) {
    const wanted = bindings.map(({ source }) => source).join(" nor ");
    throw new UserError(`${file} has the schemas of neither ${wanted}: run terraform providers schema in a stack.`, 2);
  }
  const used = scopes && new ScopeScanner([...scopes]).scan();
  const compared = there.flatMap(({ binding, schemas }) => {
    const side = new SimulatedSide(binding, new BindingLibrary(binding, cache), known);
    return KINDS.flatMap((kind) => compareKind(kind, side, schemas, used && namesIn(used, kind)));
  });
  const differing = compared.filter((one) => one.differences.length > 0);
  const providers = there.map(({ binding }) => binding.source);
  return {
    providers,
    notInFile: bindings.map(({ source }) => source).filter((source) => !providers.includes(source)),
    types: compared.length,
    differing,
    counts: countAspects(differing),
    bytes,
  };
}

/** What the simulator has of one provider. */
class SimulatedSide {
  constructor(
    readonly binding: Binding,
    private readonly library: BindingLibrary,
    private readonly known: Knowledge,
  ) {}

  /** Every type of a kind. */
  names(kind: Kind): string[] {
    if (kind === "provider") return [this.binding.name];
    if (kind === "ephemeral")
      return Object.keys(this.known.ephemeral).filter((type) => type.startsWith(`${this.binding.name}_`));
    return this.library.types()[kind === "data" ? "data" : "resources"];
  }

  schema(kind: Kind): Schemas<TypeSchema> {
    const { library, known } = this;
    const schemas: Record<Kind, Schemas<TypeSchema>> = {
      provider: () => library.provider(),
      resource: (type) => library.resource(type),
      data: (type) => library.data(type),
      ephemeral: (type) => ephemeralSchema(type, library, known),
    };
    return schemas[kind];
  }

  sensitive(type: string): ReadonlySet<string> {
    return new Set(this.known.facts(type).sensitive);
  }
}

function namesIn({ resources, data, ephemeral }: TypesInUse, kind: Kind): ReadonlySet<string> {
  return { provider: new Set<string>(), resource: resources, data, ephemeral }[kind];
}

function compareKind(
  kind: Kind,
  side: SimulatedSide,
  real: ProviderSchemas,
  used?: ReadonlySet<string>,
): DifferingType[] {
  const theirs = schemasOf(kind, side.binding, real);
  const ours = side.schema(kind);
  const all = (): string[] => [...Object.keys(theirs), ...side.names(kind)];
  const inUse = [...(used ?? [])].filter((type) => type.startsWith(`${side.binding.name}_`));
  const names = kind === "provider" ? [side.binding.name] : used ? inUse : all();
  const sensitive = (type: string): ReadonlySet<string> => (kind === "provider" ? new Set() : side.sensitive(type));
  return [...new Set(names)]
    .sort()
    .filter((type) => theirs[type] ?? ours(type)) // a name that neither has is no type
    .map((type) => ({ kind, type, differences: compareType(theirs[type], ours(type), sensitive(type)) }));
}

function schemasOf(kind: Kind, { name }: Binding, real: ProviderSchemas): Record<string, SchemaJson> {
  const schemas: Record<Kind, Record<string, SchemaJson> | undefined> = {
    provider: real.provider && { [name]: real.provider },
    resource: real.resource_schemas,
    data: real.data_source_schemas,
    ephemeral: real.ephemeral_resource_schemas,
  };
  return schemas[kind] ?? {};
}

function compareType(
  real: SchemaJson | undefined,
  simulated: TypeSchema | undefined,
  sensitive: ReadonlySet<string>,
): Difference[] {
  if (real && simulated) return differences(fromJson(real), fromSimulated(simulated, sensitive));
  const [theirs, ours] = [real ? "there" : "nothing", simulated ? "there" : "nothing"];
  return [{ path: "", aspect: real ? "missing" : "extra", real: theirs, simulated: ours }];
}

function countAspects(differing: readonly DifferingType[]): Comparison["counts"] {
  const all = differing.flatMap((one) => one.differences);
  const counted = ASPECTS.map((aspect) => [aspect, all.filter((one) => one.aspect === aspect).length] as const);
  return Object.fromEntries(counted.filter(([, number]) => number > 0));
}
