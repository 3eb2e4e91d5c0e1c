/** Checks a configuration against the facts of its type. */
import type { Diagnostic, Obj } from "../contract";
import { checkCombinations } from "./combinations";
import { select } from "./paths";
import { checkValue } from "./rules";
import type { TypeData } from "./types";

/** Enums, ranges, lengths, patterns, item limits and combinations. Unknown values pass. */
export function validateConfig(data: TypeData, config: Obj): Diagnostic[] {
  const values = Object.entries(data.rules ?? {}).flatMap(([path, rule]) =>
    select(config, path).flatMap((at) => checkValue(rule, at)),
  );
  return [...values, ...checkCombinations(data, config)];
}
