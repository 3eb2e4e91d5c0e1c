/** One form for schemas of both sides: those of a real provider's file, and those that the simulator sends. */
import type { Block, CtyType, TypeSchema } from "../schema/types";

export interface NormalAttribute {
  /** The type in cty's JSON form, with sorted names. */
  type: string;
  /** How it is set: `required`, `optional`, `optional, computed` or `computed`. */
  set: string;
  sensitive: boolean;
  writeOnly: boolean;
}

export interface NormalBlock {
  attributes: ReadonlyMap<string, NormalAttribute>;
  blocks: ReadonlyMap<string, NormalNested>;
}

export interface NormalNested {
  nesting: string;
  minItems: number;
  maxItems: number;
  block: NormalBlock;
}

export interface NormalSchema {
  version: number;
  block: NormalBlock;
}

/** The form of one schema in what `terraform providers schema -json` prints. */
export interface SchemaJson {
  version?: number;
  block?: BlockJson;
}

interface BlockJson {
  attributes?: Record<string, AttributeJson>;
  block_types?: Record<string, NestedJson>;
}

interface AttributeJson {
  type?: unknown;
  nested_type?: { attributes?: Record<string, AttributeJson>; nesting_mode?: string };
  required?: boolean;
  optional?: boolean;
  computed?: boolean;
  sensitive?: boolean;
  write_only?: boolean;
}

interface NestedJson {
  nesting_mode?: string;
  min_items?: number;
  max_items?: number;
  block?: BlockJson;
}

/** A schema of a real provider's file. */
export function fromJson({ version = 0, block = {} }: SchemaJson): NormalSchema {
  return { version, block: blockFromJson(block) };
}

function blockFromJson({ attributes = {}, block_types: nested = {} }: BlockJson): NormalBlock {
  return {
    attributes: new Map(Object.entries(attributes).map(([name, a]) => [name, attributeFromJson(a)])),
    blocks: new Map(Object.entries(nested).map(([name, one]) => [name, nestedFromJson(one)])),
  };
}

function attributeFromJson(a: AttributeJson): NormalAttribute {
  return {
    type: typeText(typeFromJson(a)),
    set: setText(a.required === true, a.optional === true, a.computed === true),
    sensitive: a.sensitive === true,
    writeOnly: a.write_only === true,
  };
}

/** An attribute with attributes of its own has the type of an object, or of a collection of them. */
function typeFromJson({ type, nested_type: nested }: AttributeJson): unknown {
  if (!nested) return type;
  const fields = Object.entries(nested.attributes ?? {}).map(([name, a]) => [name, typeFromJson(a)]);
  const object = ["object", Object.fromEntries(fields)];
  return nested.nesting_mode === "single" ? object : [nested.nesting_mode, object];
}

function nestedFromJson({ nesting_mode, min_items = 0, max_items = 0, block = {} }: NestedJson): NormalNested {
  return { nesting: nesting_mode ?? "", minItems: min_items, maxItems: max_items, block: blockFromJson(block) };
}

/**
 * A schema as the simulator sends it.
 *
 * @param sensitive dotted paths of the attributes that Terraform must hide
 */
export function fromSimulated({ block }: TypeSchema, sensitive: ReadonlySet<string>): NormalSchema {
  return { version: 0, block: blockFromSimulated(block, sensitive, "") };
}

function blockFromSimulated(block: Block, sensitive: ReadonlySet<string>, prefix: string): NormalBlock {
  const attributes = block.attributes.map((a): [string, NormalAttribute] => [
    a.name,
    {
      type: typeText(a.type),
      set: setText(a.required, a.optional, a.computed),
      sensitive: sensitive.has(prefix + a.name),
      writeOnly: a.writeOnly,
    },
  ]);
  const blocks = block.blocks.map(({ name, nesting, minItems, maxItems, block: inner }): [string, NormalNested] => [
    name,
    { nesting, minItems, maxItems, block: blockFromSimulated(inner, sensitive, `${prefix}${name}.`) },
  ]);
  return { attributes: new Map(attributes), blocks: new Map(blocks) };
}

const setText = (required: boolean, optional: boolean, computed: boolean): string =>
  [required && "required", optional && "optional", computed && "computed"].filter(Boolean).join(", ");

function typeText(type: unknown): string {
  return JSON.stringify(sortedNames(type as CtyType));
}

/** Order of an object type's attributes means nothing. */
function sortedNames(type: CtyType): CtyType {
  if (!Array.isArray(type)) return type;
  if (type[0] !== "object") return [type[0], sortedNames(type[1])];
  const fields = Object.entries(type[1]).sort(([a], [b]) => (a < b ? -1 : 1));
  return ["object", Object.fromEntries(fields.map(([name, field]) => [name, sortedNames(field)]))];
}
