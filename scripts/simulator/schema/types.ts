/** What a provider tells Terraform about its types, as the derivation finds it. */

/** A cty type in its JSON form: `"string"`, `["list", T]`, `["object", {...}]`, `"dynamic"`. */
export type CtyType = string | ["list" | "set" | "map", CtyType] | ["object", { [name: string]: CtyType }];

export type Nesting = "single" | "list" | "set" | "map";

export interface Attribute {
  name: string;
  type: CtyType;
  required: boolean;
  optional: boolean;
  computed: boolean;
  writeOnly: boolean;
}

export interface NestedBlock {
  name: string;
  nesting: Nesting;
  minItems: number;
  /** 0 is no limit. */
  maxItems: number;
  block: Block;
}

export interface Block {
  attributes: Attribute[];
  blocks: NestedBlock[];
}

/** The schema of a resource, a data source or a provider. */
export interface TypeSchema {
  /** Terraform's name; a data source has the same form of name as a resource. */
  type: string;
  /** Built on the newer plugin framework, whose plans Terraform checks strictly. */
  framework: boolean;
  block: Block;
}

/** True for what only the provider sets. */
export function isComputedOnly(attribute: Attribute): boolean {
  return attribute.computed && !attribute.optional && !attribute.required;
}

export function nest(nesting: Nesting, type: CtyType): CtyType {
  return nesting === "single" ? type : [nesting, type];
}

/** The object type with the fields of a block. */
export function objectType(block: Block): CtyType {
  const fields: { [name: string]: CtyType } = {};
  for (const attribute of block.attributes) fields[attribute.name] = attribute.type;
  for (const nested of block.blocks) fields[nested.name] = nest(nested.nesting, objectType(nested.block));
  return ["object", fields];
}

/** True when the type, at any depth, is decided by its value. */
function isDynamic(type: CtyType): boolean {
  if (typeof type === "string") return type === "dynamic";
  return type[0] === "object" ? Object.values(type[1]).some(isDynamic) : isDynamic(type[1]);
}

export function hasDynamic(block: Block): boolean {
  return block.attributes.some((a) => isDynamic(a.type)) || block.blocks.some((nested) => hasDynamic(nested.block));
}
