/** Derives the schema of one type from its generated source; an unknown pattern is an error, never a guess. */
import * as path from "node:path";
import { type HclEntry, type Member, readSource, type Source } from "./source";
import {
  type Attribute,
  type Block,
  type CtyType,
  hasDynamic,
  isComputedOnly,
  nest,
  type Nesting,
  objectType,
  type TypeSchema,
} from "./types";

const SIMPLE: Record<string, CtyType> = {
  string: "string",
  number: "number",
  boolean: "bool",
  any: "dynamic",
  stringMap: ["map", "string"],
  numberMap: ["map", "number"],
  booleanMap: ["map", "bool"],
  anyMap: ["map", "dynamic"],
  stringMapMap: ["map", ["map", "string"]],
};
const ELEMENTS: Record<string, CtyType> = {
  stringList: "string",
  numberList: "number",
  booleanList: "bool",
  stringMapList: ["map", "string"],
  stringListList: ["list", "string"],
};
const COMPUTED_MAPS: Record<string, CtyType> = {
  "cdktf.StringMap": ["map", "string"],
  "cdktf.BooleanMap": ["map", "bool"],
  "cdktf.NumberMap": ["map", "number"],
  "cdktf.AnyMap": ["map", "dynamic"],
};
/** What a getter calls, the most specific name first. `list` becomes a set inside `Fn.tolist`. */
const GETTERS: [call: string, type: CtyType][] = [
  ["getStringAttribute", "string"],
  ["getNumberAttribute", "number"],
  ["getBooleanAttribute", "bool"],
  ["getNumberListAttribute", ["list", "number"]],
  ["getListAttribute", ["list", "string"]],
  ["getStringMapAttribute", ["map", "string"]],
  ["getNumberMapAttribute", ["map", "number"]],
  ["getBooleanMapAttribute", ["map", "bool"]],
  ["interpolationForAttribute", "dynamic"],
];
/** No type nests deeper; more is a structure that refers to itself. */
const MAX_DEPTH = 40;

const NO_ENTRIES: Map<string, HclEntry> = new Map();

/**
 * Derives the type in `<lib>/<dir>`.
 * @throws Error naming the file, class and attribute that is not understood.
 */
export function deriveType(lib: string, dir: string): TypeSchema {
  const source = readSource(path.join(lib, dir));
  const main = [...source.classes].find(([, c]) => /^cdktf\.Terraform(Resource|DataSource|Provider)$/.test(c.parent));
  if (!main) return fail(dir, "no resource class");
  const [name, generated] = main;
  const entries = source.hcl.get(`#${name}`);
  if (!entries) return fail(name, "no argument map");
  const provider = generated.parent === "cdktf.TerraformProvider";
  const members = generated.members.filter((m) => !(provider && m.name === "alias"));
  refuseUnmatched(name, members, entries, provider ? ["alias"] : []);
  const id = members.find((m) => m.name === "id");
  return {
    type: /static readonly tfResourceType = "(\w+)"/.exec(source.text)?.[1] ?? fail(name, "no tfResourceType"),
    // Types of the older SDK always have an id that is optional and computed.
    framework: !id?.optional,
    block: new Derivation(source).block(name, members, entries, 0),
  };
}

/** An argument without an attribute would be missing from the schema. */
function refuseUnmatched(name: string, members: Member[], entries: Map<string, HclEntry>, known: string[]): void {
  const names = new Set([...members.map((m) => m.name), ...known]);
  for (const argument of entries.keys())
    if (!names.has(argument)) fail(`${name}.${argument}`, "argument without attribute");
}

class Derivation {
  constructor(private readonly source: Source) {}

  block(owner: string, members: Member[], entries: Map<string, HclEntry>, depth: number): Block {
    if (depth > MAX_DEPTH) fail(owner, "recursive structure");
    const block: Block = { attributes: [], blocks: [] };
    for (const member of members) this.member(owner, member, entries.get(member.name), depth, block);
    return block;
  }

  private member(owner: string, member: Member, entry: HclEntry | undefined, depth: number, into: Block): void {
    const where = `${owner}.${member.name}`;
    const made = /private _\w+ = new ([\w.]+)\(this, "\w+"(?:, (true|false))?\)/.exec(member.body);
    const helper = made?.[1];
    if (helper?.startsWith("cdktf.")) {
      into.attributes.push(attribute(member, COMPUTED_MAPS[helper] ?? fail(where, `${helper} is not understood`)));
      return;
    }
    // Structures of a provider block are stored as they are, without a class of their own.
    const struct = helper ?? (entry && /^[A-Z]/.test(entry.storage) ? entry.storage : undefined);
    if (struct === undefined) {
      into.attributes.push(attribute(member, entry ? argumentType(entry, where) : getterType(member.body, where)));
      return;
    }
    const single = helper?.endsWith("OutputReference") ?? false;
    const nesting = nestingOf(struct, single, entry, made?.[2] === "true", where);
    this.structure({ member, entry, struct, single, nesting, depth, where }, into);
  }

  private structure(s: Structure, into: Block): void {
    const base = s.struct.replace(/(OutputReference|List|Map)$/, "");
    const entries = this.source.hcl.get(base.charAt(0).toLowerCase() + base.slice(1)) ?? NO_ENTRIES;
    const fields = this.source.classes.get(`${base}OutputReference`)?.members;
    if (!fields && entries.size === 0) fail(s.where, `${s.struct} is not there`);
    const inner = fields ? this.block(base, fields, entries, s.depth + 1) : argumentsOnly(entries, s.where);
    if (isAttribute(s, entries)) {
      into.attributes.push(attribute(s.member, nest(s.nesting, objectType(inner))));
      return;
    }
    // "any" stands for a structure that refers to itself (WAF statements); Terraform refuses it inside sets.
    const nesting: Nesting = s.nesting === "set" && hasDynamic(inner) ? "list" : s.nesting;
    const counted = nesting === "list" || nesting === "set";
    into.blocks.push({
      name: s.member.name,
      nesting,
      minItems: s.member.required && counted ? 1 : 0,
      maxItems: s.single && counted ? 1 : 0,
      block: inner,
    });
  }
}

interface Structure {
  member: Member;
  entry: HclEntry | undefined;
  struct: string;
  single: boolean;
  nesting: Nesting;
  depth: number;
  where: string;
}

/**
 * A computed structure is an attribute, and so is a settable one that is no block. Both providers speak protocol 5,
 * which has no nested attributes: such a structure is a list or set of objects. The generated `isBlock` flag is wrong
 * in places; the mapper's argument is right.
 */
function isAttribute(s: Structure, entries: Map<string, HclEntry>): boolean {
  if (isComputedOnly(attribute(s.member, "dynamic"))) return true;
  if (!s.entry) return false;
  const fieldsNeeded = [...entries.values()].some((e) => e.nullFill);
  return s.entry.mapperIsBlock === false || fieldsNeeded || (s.member.computed && s.member.optional);
}

function nestingOf(struct: string, single: boolean, entry: HclEntry | undefined, set: boolean, where: string): Nesting {
  if (entry?.kind === "struct") return "single";
  if (entry?.kind === "list" || entry?.kind === "set" || entry?.kind === "map") return entry.kind;
  if (entry) return fail(where, `kind ${entry.kind} is not understood`);
  if (single) return "single";
  if (struct.endsWith("Map")) return "map";
  return set ? "set" : "list";
}

function attribute(member: Member, type: CtyType): Attribute {
  const { name, required, optional, computed } = member;
  return { name, type, required, optional, computed, writeOnly: name.endsWith("_wo") && !computed };
}

function argumentType(entry: HclEntry, where: string): CtyType {
  const missing = (): never => fail(where, `storage ${entry.kind}/${entry.storage} is not understood`);
  if (entry.kind === "simple" || entry.kind === "map") return SIMPLE[entry.storage] ?? missing();
  if (entry.kind === "list" || entry.kind === "set") return [entry.kind, ELEMENTS[entry.storage] ?? missing()];
  return missing();
}

function getterType(body: string, where: string): CtyType {
  const returned = /public get \w+\(\) \{\s*return ([^;]+);/.exec(body)?.[1] ?? "";
  const type = GETTERS.find(([call]) => returned.includes(call))?.[1];
  if (type === undefined) return fail(where, `getter is not understood: ${returned || body.slice(0, 80)}`);
  if (Array.isArray(type) && type[0] === "list" && returned.includes("Fn.tolist(")) return ["set", type[1]];
  return type;
}

function argumentsOnly(entries: Map<string, HclEntry>, where: string): Block {
  const attributes = [...entries].map(([name, entry]) => {
    const member = { name, computed: false, optional: true, required: false, body: "" };
    return attribute(member, argumentType(entry, `${where}.${name}`));
  });
  return { attributes, blocks: [] };
}

function fail(where: string, why: string): never {
  throw new Error(`Provider bindings not understood: ${where}: ${why}`);
}
