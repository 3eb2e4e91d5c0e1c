/** Reads the data files: facts of every service, and the reviewed list of values that are newer than the facts. */
import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../../lib/paths";
import type { NewerValue, Rule, TypeData } from "./types";

/** The folder in the source tree: compiled code runs elsewhere, the data stays. */
const FACTS = path.join(projectRoot(), "scripts/simulator/facts");

/** Parses one of the files beside this module. */
export function readFacts(file: string): unknown {
  return JSON.parse(fs.readFileSync(path.join(FACTS, file), "utf8"));
}

/** Names of the files in `data/`, one per service. */
function serviceFiles(): string[] {
  return fs.readdirSync(path.join(FACTS, "data")).sort();
}

/** Every type as the files tell it, before newer values are added. */
export function readTypes(): Map<string, TypeData> {
  const types = new Map<string, TypeData>();
  for (const file of serviceFiles()) {
    for (const [type, data] of Object.entries(readFacts(`data/${file}`) as Record<string, TypeData>)) {
      if (types.has(type)) throw new Error(`${type} stands in two data files`);
      types.set(type, data);
    }
  }
  return types;
}

export function readNewerValues(): NewerValue[] {
  return readFacts("newer-values.json") as NewerValue[];
}

/** Facts with the newer values added; an entry that names no rule is a mistake in the list. */
export function loadTypes(): Map<string, TypeData> {
  const types = readTypes();
  for (const newer of readNewerValues()) addNewerValue(ruleOf(types, newer), newer);
  return types;
}

function ruleOf(types: Map<string, TypeData>, newer: NewerValue): Rule {
  const rule = types.get(newer.type)?.rules?.[newer.path];
  if (!rule) throw new Error(`newer-values.json: no rule for ${newer.type}.${newer.path}`);
  return rule;
}

function addNewerValue(rule: Rule, newer: NewerValue): void {
  if (newer.values) rule.enum = [...(rule.enum ?? []), ...newer.values];
  if (newer.ranges) rule.ranges = newer.ranges;
}
