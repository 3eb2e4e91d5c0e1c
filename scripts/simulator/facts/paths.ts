/** Dotted paths through configuration values: blocks by name, every element of a repeated block. */
import type { Obj, Value } from "../contract";
import { isObj, UNKNOWN } from "../wire/value";

export type Path = (string | number)[];

/** A value and where it was found. */
export interface Found {
  value: Value;
  path: Path;
}

/** All values at a dotted path. A path through something unknown gives one unknown value. */
export function select(object: Obj, dotted: string): Found[] {
  let found: Found[] = [{ value: object, path: [] }];
  for (const name of dotted.split(".")) found = found.flatMap((at) => step(at, name));
  return found;
}

function step(at: Found, name: string): Found[] {
  if (at.value === UNKNOWN) return [at];
  if (Array.isArray(at.value)) {
    return at.value.flatMap((element: Value, index) => step({ value: element, path: [...at.path, index] }, name));
  }
  if (!isObj(at.value) || !(name in at.value)) return [];
  return [{ value: at.value[name], path: [...at.path, name] }];
}

/** The objects at a dotted path of blocks: the whole object for an empty path, each element of a repeated block. */
export function selectBlocks(object: Obj, dotted: string): Found[] {
  if (dotted === "") return [{ value: object, path: [] }];
  return select(object, dotted).flatMap((at) => elements(at).filter((element) => isObj(element.value)));
}

/** The elements of a list with their positions; anything else is its own only element. */
export function elements(at: Found): Found[] {
  if (!Array.isArray(at.value)) return [at];
  return at.value.map((value: Value, index) => ({ value, path: [...at.path, index] }));
}

/** True when the configuration says something at this place; an unknown value counts, an empty block does not. */
export function isSet(value: Value): boolean {
  if (value === null || value === undefined) return false;
  return !(Array.isArray(value) && value.length === 0);
}

/** The longest path of blocks that all the paths have in common. */
export function commonBlock(paths: string[]): string {
  const [first = [], ...others] = paths.map((path) => path.split(".").slice(0, -1));
  let length = first.length;
  for (const other of others) {
    let same = 0;
    while (same < length && other[same] === first[same]) same += 1;
    length = same;
  }
  return first.slice(0, length).join(".");
}

/** The path as seen from inside a block. */
export function within(block: string, path: string): string {
  return block === "" ? path : path.slice(block.length + 1);
}

/** The path in the manner of Terraform's providers: `rule.0.status`. */
export function written(path: Path): string {
  return path.join(".");
}

/** Every text at any depth of a value, with its path. */
export function texts(at: Found): { value: string; path: Path }[] {
  if (typeof at.value === "string") return [{ value: at.value, path: at.path }];
  if (Array.isArray(at.value)) return elements(at).flatMap(texts);
  if (!isObj(at.value)) return [];
  return Object.entries(at.value).flatMap(([name, value]) => texts({ value, path: [...at.path, name] }));
}
