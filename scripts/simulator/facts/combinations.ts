/** Arguments that exclude or need each other, in the words of the real provider. */
import type { Diagnostic, Obj, Value } from "../contract";
import { isObj, UNKNOWN } from "../wire/value";
import { commonBlock, type Path, isSet, select, selectBlocks, within, written } from "./paths";
import type { TypeData } from "./types";

/** All problems of combination in one configuration. */
export function checkCombinations(data: TypeData, config: Obj): Diagnostic[] {
  return [
    ...pairs(data.conflicts).flatMap(([path, other]) => checkConflict(config, path, other)),
    ...Object.entries(data.requires ?? {}).flatMap(([path, others]) => checkRequired(config, path, others)),
    ...(data.exactlyOneOf ?? []).flatMap((group) => checkGroup(config, group, true)),
    ...(data.atLeastOneOf ?? []).flatMap((group) => checkGroup(config, group, false)),
  ];
}

function pairs(conflicts: Record<string, string[]> = {}): [string, string][] {
  return Object.entries(conflicts).flatMap(([path, others]) => others.map((other): [string, string] => [path, other]));
}

/** The innermost blocks that hold all the paths, one by one; the whole object when they share none. */
function eachBlock(config: Obj, paths: string[]): { block: string; object: Obj; prefix: Path }[] {
  const block = commonBlock(paths);
  return selectBlocks(config, block).map((at) => ({ block, object: isObj(at.value) ? at.value : {}, prefix: at.path }));
}

/** How an argument stands inside a block: an unknown value might still turn out to be null. */
function stateOf(object: Obj, path: string): "set" | "unknown" | "unset" {
  const values: Value[] = select(object, path).map((at) => at.value);
  if (values.some((value) => value !== UNKNOWN && isSet(value))) return "set";
  return values.includes(UNKNOWN) ? "unknown" : "unset";
}

function checkConflict(config: Obj, path: string, other: string): Diagnostic[] {
  return eachBlock(config, [path, other]).flatMap(({ block, object, prefix }) => {
    if (stateOf(object, within(block, path)) !== "set" || stateOf(object, within(block, other)) !== "set") return [];
    return [error("Conflicting configuration arguments", prefix, within(block, path), `conflicts with ${other}`)];
  });
}

function checkRequired(config: Obj, path: string, others: string[]): Diagnostic[] {
  return eachBlock(config, [path, ...others]).flatMap(({ block, object, prefix }) => {
    if (stateOf(object, within(block, path)) !== "set") return [];
    if (others.every((other) => stateOf(object, within(block, other)) !== "unset")) return [];
    const all = [path, ...others].join(",");
    return [error("Missing required argument", prefix, within(block, path), `all of \`${all}\` must be specified`)];
  });
}

function checkGroup(config: Obj, group: string[], atMostOne: boolean): Diagnostic[] {
  const names = group.join(",");
  return eachBlock(config, group).flatMap(({ block, object, prefix }) => {
    const states = group.map((path) => stateOf(object, within(block, path)));
    const given = group.filter((_, index) => states[index] === "set");
    const first = within(block, given[0] ?? group[0] ?? "");
    if (atMostOne && given.length > 1) {
      const detail = `only one of \`${names}\` can be specified, but \`${given.join(",")}\` were specified.`;
      return [error("Invalid combination of arguments", prefix, first, detail)];
    }
    if (given.length > 0 || states.includes("unknown")) return [];
    const summary = atMostOne ? "Invalid combination of arguments" : "Missing required argument";
    return [error(summary, prefix, first, `one of \`${names}\` must be specified`)];
  });
}

function error(summary: string, prefix: Path, name: string, detail: string): Diagnostic {
  const steps = name.split(".");
  const place = written([...prefix, ...steps]);
  return { severity: "error", summary, detail: `"${place}": ${detail}`, path: [...prefix, ...steps.slice(0, 1)] };
}
