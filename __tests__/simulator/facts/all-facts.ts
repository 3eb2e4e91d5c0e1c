/** The facts of all types, and how their tests count them. */
import { expect } from "vitest";
import { readTypes } from "../../../scripts/simulator/facts/load";
import type { TypeData } from "../../../scripts/simulator/facts/types";
import { bindingsHave, schemaOf } from "./account";

export const TYPES = [...readTypes()];

/** Path by path through one kind of fact, those that the bindings have apart from those that are gone. */
export function split(pathsOf: (data: TypeData) => string[]): { kept: [string, string][]; gone: string[] } {
  const all = TYPES.flatMap(([type, data]) => pathsOf(data).map((path): [string, string] => [type, path]));
  return {
    kept: all.filter(([type, path]) => bindingsHave(schemaOf(type), path)),
    gone: all.filter(([type, path]) => !bindingsHave(schemaOf(type), path)).map((pair) => pair.join(".")),
  };
}

/** Prints a count and pins it, so that none goes missing. */
export function report(what: string, count: number, expected: number): void {
  console.log(`${what}: ${count}`);
  expect(count).toBeGreaterThan(0);
  expect({ what, count }).toEqual({ what, count: expected });
}
