/**
 * The one interface between the engine, which knows Terraform's rules and no resource type, and the facts, which know
 * resource types and nothing about Terraform.
 */

/** A cty value as JavaScript natives; `UNKNOWN` from `wire/value` stands for a value that is not known yet. */
export type Value = unknown;

/** An object, map or block as it travels on the wire: Terraform names, every attribute present, null when unset. */
export type Obj = Record<string, Value>;

/** One message to the user, as Terraform shows it. */
export interface Diagnostic {
  severity: "error" | "warning";
  summary: string;
  detail: string;
  /** Attribute names, map keys and list positions from the top of the resource down to the place that is wrong. */
  path?: (string | number)[];
}

/** Where a call happens: the account of the world, and the provider configuration (alias) that makes the call. */
export interface Ctx {
  account: string;
  region: string;
  /** Only those that are known. */
  defaultTags: Record<string, string>;
  /** At `apply` of a hook: unique for the object and equal on equal runs, so a source of "random" values. */
  seed: string;
}

/** One object of the simulated account. */
export interface WorldObject {
  type: string;
  id: string;
  /** `global` for types without a region of their own. */
  region: string;
  attributes: Obj;
}

/** The simulated account: everything that was created in it and still exists. */
export interface World {
  all(): WorldObject[];
  /** Any region when `region` is left out. */
  get(type: string, id: string, region?: string): WorldObject | undefined;
  ofType(type: string): WorldObject[];
  /** Adds or replaces an object that no Terraform resource stands for, such as the request behind a Spot instance. */
  add(object: WorldObject): void;
  /** Removes such an object. */
  drop(type: string, id: string): void;
  /** Names that AWS keeps after a deletion: key to the reason, in words for the user. */
  reserved: Map<string, string>;
  /** Whether an object of the fixtures was imported: the world has held it since, or no longer holds it. */
  wasImported(object: WorldObject): boolean;
}

/** Everything known about one resource type: the facts data files merged with the reviewed overrides. */
export interface TypeFacts {
  /**
   * Template of the id: `{h17}` 17 hex digits, `{g16}` 16 other ones, `{uuid}`, `{N26}` 26 upper-case characters,
   * `{s6}` 6 letters, `{name}` the attribute of that name.
   */
  id?: string;
  /** Template of the ARN, `<service>:<resource>`; `-` after the service drops the region, `--` region and account. */
  arn?: string;
  /** Dotted paths, blocks by name, whose change replaces the object. */
  forceNew: string[];
  /** Dotted path to the value the provider plans when the configuration leaves the argument out. */
  defaults: Record<string, Value>;
  /** Dotted paths whose values Terraform must hide. */
  sensitive: string[];
  /** Names of blocks the cloud fills when the configuration leaves them out. */
  computedBlocks: string[];
  /** Dotted paths where the provider ignores some differences. */
  diffSuppressed: string[];
}

/** What a provider sees when it plans one object. */
export interface PlanInput {
  type: string;
  config: Obj;
  /** Null on create. */
  prior: Obj | null;
  /** The plan so far: defaults, unknowns and tags are in place. */
  planned: Obj;
  ctx: Ctx;
  world: World;
}

/** What a provider sees when it creates or updates one object. */
export interface ApplyInput {
  type: string;
  /** What the user wrote: everything else in `result` was filled in. */
  config: Obj;
  /** Null on create. */
  prior: Obj | null;
  /** The object with ids and computed values filled in. */
  result: Obj;
  ctx: Ctx;
  world: World;
}

/** What a provider sees when it reads one object. */
export interface ReadInput {
  object: WorldObject;
  ctx: Ctx;
  world: World;
}

/** Behaviour of one type that data cannot express. */
export interface TypeHooks {
  /** At ValidateResourceConfig; values may be unknown. */
  validate?(config: Obj, ctx: Ctx): Diagnostic[];
  /** Values the provider knows at plan time already, and replacements that depend on values. */
  plan?(input: PlanInput): { planned: Obj; requiresReplace?: string[]; diagnostics?: Diagnostic[] };
  /** After ids and computed values were filled; may set computed values, or refuse. */
  apply?(input: ApplyInput): { result: Obj; diagnostics?: Diagnostic[] };
  /** What changed outside Terraform since the last look: the attributes as they are now; undefined when nothing. */
  read?(input: ReadInput): Obj | undefined;
  /** Refuses, or records names that stay taken. */
  destroy?(input: { object: WorldObject; ctx: Ctx; world: World }): Diagnostic[];
}

/** How an ephemeral type, which the bindings do not have, is cut from a resource or data source. */
export interface EphemeralSource {
  from: "resource" | "data";
  type: string;
  /** Attributes that the ephemeral type does not have. */
  drop: string[];
}

/** All that the engine asks about resource types. */
export interface Knowledge {
  facts(type: string): TypeFacts;
  hooks(type: string): TypeHooks;
  /** Enums, ranges, conflicts, required-with, exactly-one-of and item limits; called for every type at validate. */
  validate(type: string, config: Obj, ctx: Ctx): Diagnostic[];
  /** References, uniqueness and overlap; called for every type at create and update, before `apply` of the hooks. */
  checkApply(input: ApplyInput): Diagnostic[];
  /** What still depends on the object; called for every type at destroy. */
  checkDestroy(object: WorldObject, ctx: Ctx, world: World): Diagnostic[];
  /** The answer of a data source, or in words what is missing to give one. What an answer leaves out is null, never invented. */
  dataSource(type: string, config: Obj, ctx: Ctx, world: World): Obj | { missing: string };
  /** The object that a creation would replace without a word, where AWS only sets something and creates nothing. */
  replaces(type: string, result: Obj, ctx: Ctx, world: World): WorldObject | undefined;
  /** What `terraform import` takes for the object. */
  importId(object: WorldObject): string;
  /** The world together with the objects of the fixtures that were not imported. */
  seen(world: World): World;
  ephemeral: Record<string, EphemeralSource>;
  /** How many elements a computed list of objects has. */
  computedListLength(type: string, attribute: string, object: Obj): number;
}
