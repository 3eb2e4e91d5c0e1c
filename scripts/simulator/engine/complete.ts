/** Completes a proposed object the way a provider does at plan time: defaults, what is not known yet, what stays. */
import type { Obj, TypeFacts, Value } from "../contract";
import { canonicalValue, fit } from "../schema/shape";
import type { Attribute, Block, CtyType, NestedBlock } from "../schema/types";
import { isObj, UNKNOWN } from "../wire/value";
import { elements } from "./paths";

/**
 * Completes `planned` in place.
 * @param prior the object as it is, or null when it is to be created
 */
export function complete(block: Block, planned: Obj, prior: Obj | null, facts: TypeFacts, prefix = ""): void {
  for (const attribute of block.attributes) {
    planned[attribute.name] = completeAttribute(attribute, planned[attribute.name] ?? null, prior, facts, prefix);
  }
  for (const nested of block.blocks) completeBlock(nested, planned, prior, facts, `${prefix}${nested.name}`);
}

function completeAttribute(a: Attribute, value: Value, prior: Obj | null, facts: TypeFacts, prefix: string): Value {
  if (a.writeOnly) return null;
  if (value !== null) return withFieldDefaults(a.type, value, facts, `${prefix}${a.name}.`);
  if (a.computed && prior) return prior[a.name] ?? null;
  const preset = defaultOf(a, facts, prefix);
  if (preset !== undefined) return preset;
  return a.computed ? UNKNOWN : null;
}

/** The provider's default for a settable attribute; undefined when it has none. */
export function defaultOf(a: Attribute, facts: TypeFacts, prefix: string): Value {
  if (!a.optional || a.writeOnly) return undefined;
  const preset = facts.defaults[prefix + a.name];
  return preset === undefined || preset === null ? undefined : fit(a.type, preset);
}

/** Attributes in the form of blocks hold objects, whose fields have defaults too. */
function withFieldDefaults(type: CtyType, value: Value, facts: TypeFacts, prefix: string): Value {
  if (typeof type === "string" || (type[0] !== "list" && type[0] !== "set") || !Array.isArray(value)) return value;
  const element = type[1];
  if (typeof element === "string" || element[0] !== "object") return value;
  return value.map((entry: Value) => {
    if (!isObj(entry)) return entry;
    const filled = Object.entries(entry).map(([name, field]) => {
      const preset = facts.defaults[prefix + name];
      return [name, field === null && preset !== undefined ? fit(element[1][name] ?? "dynamic", preset) : field];
    });
    return Object.fromEntries(filled) as Obj;
  });
}

function completeBlock(nested: NestedBlock, planned: Obj, prior: Obj | null, facts: TypeFacts, path: string): void {
  const value = planned[nested.name];
  if (value === UNKNOWN) return;
  if (Array.isArray(value) && value.length === 0 && facts.computedBlocks.includes(path)) {
    planned[nested.name] = prior ? prior[nested.name] : UNKNOWN;
    return;
  }
  const before = elements(prior?.[nested.name]);
  elements(value).forEach((element, i) => {
    if (nested.nesting !== "set") return complete(nested.block, element, before[i] ?? null, facts, `${path}.`);
    const twin = before.find((candidate) => resembles(nested.block, element, candidate, facts, `${path}.`));
    complete(nested.block, element, twin ?? null, facts, `${path}.`);
  });
}

/** Whether a set element that existed before can be the one that is configured now. */
function resembles(block: Block, configured: Obj, before: Obj, facts: TypeFacts, prefix: string): boolean {
  const sameAttributes = block.attributes.every((a) => {
    const value = configured[a.name] ?? (a.writeOnly ? null : (defaultOf(a, facts, prefix) ?? null));
    if (value === null) return a.computed || (before[a.name] ?? null) === null;
    return canonicalValue(a.type, value) === canonicalValue(a.type, before[a.name]);
  });
  return sameAttributes && block.blocks.every((nested) => resemblesBlock(nested, configured, before, facts, prefix));
}

function resemblesBlock(nested: NestedBlock, configured: Obj, before: Obj, facts: TypeFacts, prefix: string): boolean {
  const path = `${prefix}${nested.name}`;
  const [now, then] = [elements(configured[nested.name]), elements(before[nested.name])];
  if (now.length === 0 && facts.computedBlocks.includes(path)) return true;
  return (
    now.length === then.length &&
    now.every((element) => then.some((candidate) => resembles(nested.block, element, candidate, facts, `${path}.`)))
  );
}
