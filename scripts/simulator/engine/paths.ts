/** Dotted paths ("health_check.path", blocks by name) into a schema and the values under it. */
import type { Obj, Value } from "../contract";
import { attributeOf, blockOf, canonicalNested, canonicalValue } from "../schema/shape";
import type { Attribute, Block, NestedBlock } from "../schema/types";
import { canon, isObj, UNKNOWN } from "../wire/value";
import type { Step } from "./diagnostics";

export interface CompareOptions {
  /** Empty text, 0, false and empty collections count as null, as in the older provider SDK. */
  zeroIsNull: boolean;
}

/**
 * The wire paths under a dotted path at which two values of a block differ. A path ends at a set, whose elements have no
 * address. What the schema does not have differs nowhere.
 */
export function changedPaths(
  block: Block,
  prior: Obj,
  planned: Obj,
  dotted: string,
  options: CompareOptions,
): Step[][] {
  return changed(block, prior, planned, dotted.split("."), [], options);
}

function changed(
  block: Block,
  prior: Obj,
  planned: Obj,
  names: string[],
  at: Step[],
  options: CompareOptions,
): Step[][] {
  const [name, ...rest] = names as [string, ...string[]];
  const path: Step[] = [...at, { attribute_name: name }];
  const attribute = attributeOf(block, name);
  if (attribute) {
    const text = (value: Value): string => attributeText(attribute, value, options);
    return text(prior[name]) === text(planned[name]) ? [] : [path];
  }
  const nested = blockOf(block, name);
  if (!nested) return [];
  const [a, b] = [prior[name], planned[name]];
  if (a === UNKNOWN || b === UNKNOWN) return [path];
  if (rest.length === 0) return canonicalNested(nested, a) === canonicalNested(nested, b) ? [] : [path];
  if (nested.nesting === "single") return changed(nested.block, asObj(a), asObj(b), rest, path, options);
  if (nested.nesting === "list") return changedInList(nested, elements(a), elements(b), rest, path, options);
  const inner = (value: Value): string =>
    elements(value)
      .map((element) => innerText(nested.block, element, rest, options))
      .sort()
      .join();
  return inner(a) === inner(b) ? [] : [path];
}

function changedInList(
  nested: NestedBlock,
  prior: Obj[],
  planned: Obj[],
  names: string[],
  at: Step[],
  options: CompareOptions,
): Step[][] {
  return Array.from({ length: Math.max(prior.length, planned.length) }).flatMap((_, i) =>
    changed(nested.block, prior[i] ?? {}, planned[i] ?? {}, names, [...at, { element_key_int: i }], options),
  );
}

function innerText(block: Block, value: Obj, names: string[], options: CompareOptions): string {
  const [name, ...rest] = names as [string, ...string[]];
  const attribute = attributeOf(block, name);
  if (attribute) return attributeText(attribute, value[name], options);
  const nested = blockOf(block, name);
  if (!nested) return "";
  if (rest.length === 0) return canonicalNested(nested, value[name]);
  return elements(value[name])
    .map((element) => innerText(nested.block, element, rest, options))
    .join();
}

function attributeText(attribute: Attribute, value: Value, options: CompareOptions): string {
  return options.zeroIsNull && isZero(value) ? "null" : canonicalValue(attribute.type, value);
}

function isZero(value: Value): boolean {
  if (value === null || value === undefined || value === "" || value === 0 || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObj(value) && Object.keys(value).length === 0;
}

/** The wire paths of a dotted path in a value, one for each element of the list blocks on its way. */
export function wirePaths(block: Block, value: Obj, dotted: string): Step[][] {
  return [...new Map(places(block, value, dotted).map((place) => [canon(place.path), place.path])).values()];
}

/** One attribute or block in a value. */
export interface Place {
  holder: Obj;
  name: string;
  path: Step[];
  attribute?: Attribute;
}

/** Every place that a dotted path names in a value; none when the schema or the value does not have it. */
export function places(block: Block, value: Obj, dotted: string): Place[] {
  return placesAt(block, value, dotted.split("."), [], true);
}

function placesAt(block: Block, value: Obj, names: string[], at: Step[], addressable: boolean): Place[] {
  const [name, ...rest] = names as [string, ...string[]];
  const path: Step[] = addressable ? [...at, { attribute_name: name }] : at;
  const attribute = attributeOf(block, name);
  if (attribute) return [{ holder: value, name, path, attribute }];
  const nested = blockOf(block, name);
  if (!nested) return [];
  if (rest.length === 0) return [{ holder: value, name, path }];
  return elements(value[name]).flatMap((element, i) => {
    const indexed: Step[] = addressable && nested.nesting === "list" ? [...path, { element_key_int: i }] : path;
    return placesAt(nested.block, element, rest, indexed, addressable && nested.nesting !== "set");
  });
}

/** The elements of a nested block, whatever its nesting. */
export function elements(value: Value): Obj[] {
  if (Array.isArray(value)) return value.filter(isObj);
  return isObj(value) ? [value] : [];
}

function asObj(value: Value): Obj {
  return isObj(value) ? value : {};
}

/** Whether the schema has an attribute or block at a dotted path. */
export function schemaHas(block: Block, dotted: string): boolean {
  const [name, ...rest] = dotted.split(".") as [string, ...string[]];
  if (attributeOf(block, name)) return true;
  const nested = blockOf(block, name);
  return nested !== undefined && (rest.length === 0 || schemaHas(nested.block, rest.join(".")));
}
