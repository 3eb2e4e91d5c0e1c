/** Replaces what a plan left unknown with what the cloud "computed". */
import type { Knowledge, Obj, TypeFacts, Value } from "../contract";
import type { Attribute, Block, CtyType, NestedBlock } from "../schema/types";
import { isObj, UNKNOWN } from "../wire/value";
import { applyTags } from "./cross-cutting";
import { defaultOf } from "./complete";
import { Generator } from "./generated";
import { elements } from "./paths";
import type { Session } from "./session";

export interface FillInput {
  type: string;
  block: Block;
  /** Seed of everything that is generated for the object. */
  key: string;
  session: Session;
  knowledge: Knowledge;
}

/** Fills every unknown of `object` in place. */
export function fill(input: FillInput, object: Obj): void {
  new Filler(input, object).block(input.block, object, "");
}

class Filler {
  private readonly generator: Generator;
  private readonly facts: TypeFacts;

  constructor(
    private readonly input: FillInput,
    private readonly object: Obj,
  ) {
    const { type, key, session, knowledge } = input;
    this.facts = knowledge.facts(type);
    this.generator = new Generator({ type, key, object, ctx: session.ctx, facts: (t) => knowledge.facts(t) });
  }

  block(block: Block, value: Obj, prefix: string): void {
    applyTags(block, value, this.input.session.settings);
    for (const a of [...block.attributes].sort((x, y) => order(x) - order(y))) {
      const known = value[a.name];
      const path = prefix + a.name;
      value[a.name] = known === UNKNOWN ? this.attribute(a, path) : this.inside(a.type, known, path, a.name);
    }
    for (const nested of block.blocks) this.nested(nested, value, `${prefix}${nested.name}`);
  }

  private nested(nested: NestedBlock, holder: Obj, path: string): void {
    if (holder[nested.name] === UNKNOWN) {
      const count = this.input.knowledge.computedListLength(this.input.type, path, this.object);
      const made = Array.from({ length: count }, () => this.made(nested.block, `${path}.`));
      holder[nested.name] = nested.nesting === "single" ? (made[0] ?? null) : made;
      return;
    }
    for (const element of elements(holder[nested.name])) this.block(nested.block, element, `${path}.`);
  }

  /** An attribute that the user could have set stays empty, unless it is one that the cloud fills. */
  private attribute(a: Attribute, path: string): Value {
    if (!a.optional) return this.value(a.type, path, a.name);
    if (a.type === "string")
      return path.includes(".") ? this.generator.innerText(path, true) : this.generator.text(a.name, true);
    const isList = typeof a.type !== "string" && (a.type[0] === "list" || a.type[0] === "set");
    return isList && !this.facts.computedBlocks.includes(path) ? [] : this.value(a.type, path, a.name);
  }

  /** A block that the cloud made: defaults and computed values, and nothing that nobody configured. */
  private made(block: Block, prefix: string): Obj {
    const { facts } = this;
    const value: Obj = {};
    for (const a of block.attributes) {
      const preset = defaultOf(a, facts, prefix);
      value[a.name] = preset ?? (a.computed || a.required ? this.attribute(a, prefix + a.name) : null);
    }
    for (const nested of block.blocks) {
      value[nested.name] = facts.computedBlocks.includes(prefix + nested.name) ? UNKNOWN : emptyOf(nested);
      this.nested(nested, value, prefix + nested.name);
    }
    return value;
  }

  private value(type: CtyType, path: string, name: string): Value {
    if (type === "string")
      return path.includes(".") ? this.generator.innerText(path, false) : this.generator.text(name, false);
    if (type === "number") return name.endsWith("port") ? 443 : 0;
    if (type === "bool") return false;
    if (typeof type === "string") return null;
    if (type[0] === "object") return this.fields(type[1], path);
    if (type[0] === "map") return {};
    const element = type[1];
    if (typeof element === "string" || element[0] !== "object") return [];
    const count = this.input.knowledge.computedListLength(this.input.type, path, this.object);
    return Array.from({ length: count }, () => this.value(element, path, name));
  }

  private fields(fields: { [name: string]: CtyType }, path: string): Obj {
    return Object.fromEntries(
      Object.entries(fields).map(([name, t]) => [name, this.value(t, `${path}.${name}`, name)]),
    );
  }

  /** Unknowns inside a value that is itself known. */
  private inside(type: CtyType, value: Value, path: string, name: string): Value {
    if (value === UNKNOWN) return this.value(type, path, name);
    if (typeof type === "string") return value;
    if (Array.isArray(value) && type[0] !== "object") {
      const element = type[1];
      return value.map((e: Value) => this.inside(element, e, path, name));
    }
    if (!isObj(value)) return value;
    const typeOf = (key: string): CtyType => (type[0] === "object" ? (type[1][key] ?? "dynamic") : type[1]);
    return Object.fromEntries(
      Object.entries(value).map(([key, v]) => [key, this.inside(typeOf(key), v, `${path}.${key}`, key)]),
    );
  }
}

/** Ids and ARNs come last: their templates name other attributes. */
function order(attribute: Attribute): number {
  return attribute.name === "arn" ? 2 : attribute.name === "id" ? 1 : 0;
}

function emptyOf(nested: NestedBlock): Value {
  if (nested.nesting === "single") return null;
  return nested.nesting === "map" ? {} : [];
}
