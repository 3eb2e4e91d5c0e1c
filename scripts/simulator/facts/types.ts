/** The form of the files in `data/`: what is known about each resource type beyond its schema. */
import type { Value } from "../contract";

/** Inclusive bounds; null is open. */
export type Range = [number | null, number | null];

/** Texts that have a form of their own. */
export type Format = "cidr4" | "cidr6" | "json";

/**
 * Which values one argument takes. `enum`, `ranges`, `multipleOf` and `orPattern` are alternatives: a value that fits any
 * of them passes. Everything else must hold besides. On a list of values each element is checked.
 */
export interface Rule {
  enum?: (string | number)[];
  ranges?: Range[];
  multipleOf?: number;
  orPattern?: string;
  pattern?: string;
  notPattern?: string;
  minLength?: number;
  maxLength?: number;
  /** Shortest and longest element of a list of texts. */
  itemLength?: [number, number];
  itemPattern?: string;
  format?: Format;
  /** Shortest and longest network prefix of a CIDR block. */
  prefix?: [number, number];
  minItems?: number;
  maxItems?: number;
  /** Where the rule comes from, when it is not from the provider's own schema. */
  source?: string;
}

/** One resource type as its data file tells it. Paths are dotted, blocks by name, without indexes. */
export interface TypeData {
  id?: string;
  arn?: string;
  forceNew?: string[];
  defaults?: Record<string, Value>;
  sensitive?: string[];
  diffSuppressed?: string[];
  /** Blocks the cloud fills when they are left out, with the number of elements it fills in. */
  computedBlocks?: Record<string, number>;
  /** Lengths of computed lists of objects: a number, or the argument that must be true for one element. */
  lists?: Record<string, number | string>;
  rules?: Record<string, Rule>;
  /** An argument and those that must not be set beside it. */
  conflicts?: Record<string, string[]>;
  /** An argument and those that must be set beside it. */
  requires?: Record<string, string[]>;
  exactlyOneOf?: string[][];
  atLeastOneOf?: string[][];
}

/** A value that AWS accepts today although the provider release behind the data did not know it. */
export interface NewerValue {
  type: string;
  path: string;
  values?: (string | number)[];
  /** Replaces the ranges of the rule. */
  ranges?: Range[];
  source: string;
}
