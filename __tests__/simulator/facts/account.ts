/** A simulated account in memory, and the short ways to ask the knowledge about it. */
import * as path from "node:path";
import type {
  ApplyInput,
  Ctx,
  Diagnostic,
  Knowledge,
  Obj,
  World,
  WorldObject,
} from "../../../scripts/simulator/contract";
import { schemaHas } from "../../../scripts/simulator/engine/paths";
import { knowledge } from "../../../scripts/simulator/facts";
import { BindingLibrary, installedBindings } from "../../../scripts/simulator/schema/library";
import type { TypeSchema } from "../../../scripts/simulator/schema/types";

export const REGION = "eu-central-1";
export const CTX: Ctx = { account: "123456789012", region: REGION, defaultTags: {}, seed: "test" };

export class Account implements World {
  readonly reserved = new Map<string, string>();
  private readonly objects: WorldObject[] = [];

  constructor(...objects: WorldObject[]) {
    this.objects = objects;
  }

  all = (): WorldObject[] => this.objects;
  ofType = (type: string): WorldObject[] => this.objects.filter((o) => o.type === type);
  get = (type: string, id: string, region?: string): WorldObject | undefined =>
    this.ofType(type).find((o) => o.id === id && (region === undefined || o.region === region));
  wasImported = (): boolean => false;
  add = (added: WorldObject): void => void this.objects.push(added);
  drop = (type: string, id: string): void => {
    const at = this.objects.findIndex((o) => o.type === type && o.id === id);
    if (at >= 0) this.objects.splice(at, 1);
  };
}

/** An object of the account; its id stands among its attributes too. */
export function object(type: string, id: string, attributes: Obj = {}, region: string = REGION): WorldObject {
  return { type, id, region, attributes: { id, ...attributes } };
}

export const KNOWN: Knowledge = knowledge();

/** A creation: what the user wrote is the whole object, but for what is given as computed. */
export function creation(type: string, config: Obj, world: World = new Account(), computed: Obj = {}): ApplyInput {
  return { type, config, prior: null, result: { ...config, ...computed }, ctx: CTX, world };
}

export function checkCreation(type: string, config: Obj, world?: World, computed?: Obj): Diagnostic[] {
  return KNOWN.checkApply(creation(type, config, world, computed));
}

/** A value that must be there. */
export function the<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error("there is nothing");
  return value;
}

/** What the apply hook makes of an object. */
export function created(type: string, config: Obj, world?: World, computed?: Obj): Obj {
  const applied = KNOWN.hooks(type).apply?.(creation(type, config, world, computed));
  if (!applied) throw new Error(`${type} has no apply hook`);
  return applied.result;
}

export function summaries(diagnostics: Diagnostic[]): string[] {
  return diagnostics.map(({ summary }) => summary);
}

/** `type.dotted.path` in its two parts. */
export function cut(place: string): [type: string, path: string] {
  const dot = place.indexOf(".");
  return [place.slice(0, dot), place.slice(dot + 1)];
}

/** A configuration that says one thing: blocks on the way get one element. */
export function configWith(...places: [dotted: string, value: unknown][]): Obj {
  const config: Obj = {};
  for (const [dotted, value] of places) put(config, dotted.split("."), value);
  return config;
}

function put(holder: Obj, names: string[], value: unknown): void {
  const [name, ...rest] = names as [string, ...string[]];
  if (rest.length === 0) {
    holder[name] = value;
    return;
  }
  const element = Array.isArray(holder[name]) ? the((holder[name] as Obj[])[0]) : {};
  holder[name] = [element];
  put(element, rest, value);
}

const LIBRARIES = new Map(
  installedBindings(path.resolve(__dirname, "../../../node_modules")).map((binding) => [
    binding.name,
    new BindingLibrary(binding),
  ]),
);

/** The schema of a resource type in the installed bindings. */
export function schemaOf(type: string): TypeSchema | undefined {
  return LIBRARIES.get(type.slice(0, type.indexOf("_")))?.resource(type);
}

/** The schema of a data source in the installed bindings. */
export function dataSchemaOf(type: string): TypeSchema | undefined {
  return LIBRARIES.get(type.slice(0, type.indexOf("_")))?.data(type);
}

/** Whether the bindings have an attribute or block; objects in lists are looked into as well. */
export function bindingsHave(schema: TypeSchema | undefined, dotted: string): boolean {
  return schema !== undefined && schemaHas(schema.block, dotted);
}
