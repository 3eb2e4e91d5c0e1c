/** Lists how two schemas of one type differ. */
import type { NormalAttribute, NormalBlock, NormalNested, NormalSchema } from "./normal";

/** What can differ. `missing`: only the real provider has it; `extra`: only the simulator has it. */
export const ASPECTS = [
  "missing",
  "extra",
  "version",
  "type",
  "set",
  "sensitive",
  "write-only",
  "nesting",
  "min items",
  "max items",
] as const;

export type Aspect = (typeof ASPECTS)[number];

export interface Difference {
  /** Dotted path of the attribute or block; empty for the type itself. */
  path: string;
  aspect: Aspect;
  /** In words: what the real provider has. */
  real: string;
  /** In words: what the simulator has. */
  simulated: string;
}

const ABSENT = "nothing";

/** All differences, by path. */
export function differences(real: NormalSchema, simulated: NormalSchema): Difference[] {
  const found = differing("", "version", String(real.version), String(simulated.version));
  found.push(...blockDifferences(real.block, simulated.block, ""));
  return found.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

function blockDifferences(real: NormalBlock, simulated: NormalBlock, prefix: string): Difference[] {
  const names = new Set([...namesOf(real), ...namesOf(simulated)]);
  return [...names].flatMap((name) => {
    const path = prefix + name;
    const [a, b] = [real.attributes.get(name), simulated.attributes.get(name)];
    if (a && b) return attributeDifferences(a, b, path);
    const [c, d] = [real.blocks.get(name), simulated.blocks.get(name)];
    if (c && d) return nestedDifferences(c, d, path);
    const [theirs, ours] = [describe(a, c), describe(b, d)];
    const aspect = ours === ABSENT ? "missing" : theirs === ABSENT ? "extra" : "type";
    return [{ path, aspect, real: theirs, simulated: ours }];
  });
}

const namesOf = ({ attributes, blocks }: NormalBlock): string[] => [...attributes.keys(), ...blocks.keys()];

function attributeDifferences(real: NormalAttribute, simulated: NormalAttribute, path: string): Difference[] {
  return [
    ...differing(path, "type", real.type, simulated.type),
    ...differing(path, "set", real.set, simulated.set),
    ...differing(path, "sensitive", yesNo(real.sensitive), yesNo(simulated.sensitive)),
    ...differing(path, "write-only", yesNo(real.writeOnly), yesNo(simulated.writeOnly)),
  ];
}

function nestedDifferences(real: NormalNested, simulated: NormalNested, path: string): Difference[] {
  return [
    ...differing(path, "nesting", real.nesting, simulated.nesting),
    ...differing(path, "min items", String(real.minItems), String(simulated.minItems)),
    ...differing(path, "max items", limit(real.maxItems), limit(simulated.maxItems)),
    ...blockDifferences(real.block, simulated.block, `${path}.`),
  ];
}

function differing(path: string, aspect: Aspect, real: string, simulated: string): Difference[] {
  return real === simulated ? [] : [{ path, aspect, real, simulated }];
}

const yesNo = (value: boolean): string => (value ? "yes" : "no");
const limit = (items: number): string => (items === 0 ? "no limit" : String(items));

function describe(attribute: NormalAttribute | undefined, nested: NormalNested | undefined): string {
  if (attribute) return `${attribute.set} attribute ${attribute.type}`;
  return nested ? `${nested.nesting} block` : ABSENT;
}
