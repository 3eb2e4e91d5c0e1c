/** Fits values to schemas, and schemas to the wire. */
import type { Obj, Value } from "../contract";
import { canon, isObj, UNKNOWN } from "../wire/value";
import type { Attribute, Block, CtyType, NestedBlock, TypeSchema } from "./types";

const NESTING_NUMBER = { single: 1, list: 2, set: 3, map: 4 } as const;

/**
 * The `Schema` message of a type.
 * @param sensitive dotted paths of the attributes that Terraform must hide
 */
export function wireSchema(schema: TypeSchema, sensitive: ReadonlySet<string>): object {
  return { version: 0, block: wireBlock(schema.block, sensitive, "") };
}

function wireBlock(block: Block, sensitive: ReadonlySet<string>, prefix: string): object {
  return {
    attributes: block.attributes.map((a) => ({
      name: a.name,
      type: Buffer.from(JSON.stringify(a.type)),
      required: a.required,
      optional: a.optional,
      computed: a.computed,
      sensitive: sensitive.has(prefix + a.name),
      write_only: a.writeOnly,
    })),
    block_types: block.blocks.map((nested) => ({
      type_name: nested.name,
      nesting: NESTING_NUMBER[nested.nesting],
      min_items: nested.minItems,
      max_items: nested.maxItems,
      block: wireBlock(nested.block, sensitive, `${prefix}${nested.name}.`),
    })),
  };
}

/**
 * Fits loose JSON (a state, the world file, a fixture) to the schema: what the schema does not have is dropped, what is
 * absent becomes null or empty. Dynamic values, which JSON holds as `{type, value}`, get their form on the wire.
 */
export function conform(block: Block, raw: Value): Obj {
  const source = isObj(raw) ? raw : {};
  const fitted: Obj = {};
  for (const a of block.attributes) fitted[a.name] = fit(a.type, source[a.name] ?? null);
  for (const nested of block.blocks) fitted[nested.name] = conformBlock(nested, source[nested.name]);
  return fitted;
}

function conformBlock(nested: NestedBlock, value: Value): Value {
  if (value === UNKNOWN || isWireDynamic(value)) return value;
  if (nested.nesting === "single") return isObj(value) ? conform(nested.block, value) : null;
  if (nested.nesting === "map") {
    const entries = Object.entries(isObj(value) ? value : {});
    return Object.fromEntries(entries.map(([key, element]) => [key, conform(nested.block, element)]));
  }
  // A list block with dynamic values inside travels as one dynamic value.
  if (isJsonDynamic(value)) return wireDynamic(value);
  return Array.isArray(value) ? value.map((element) => conform(nested.block, element)) : [];
}

/** The JSON form of a value in the shape of the schema; the inverse of `conform`. */
export function toJson(value: Value): Value {
  if (isWireDynamic(value))
    return { type: JSON.parse(Buffer.from(value[0]).toString("utf8")) as Value, value: value[1] };
  if (Array.isArray(value)) return value.map(toJson);
  if (isObj(value)) return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, toJson(v)]));
  return value;
}

/**
 * Fits one value to a type. Numbers and booleans written as text, and the reverse, are converted as Terraform would.
 * @throws Error when the value cannot be of the type.
 */
export function fit(type: CtyType, value: Value): Value {
  if (value === null || value === undefined) return null;
  if (value === UNKNOWN) return UNKNOWN;
  if (type === "dynamic") return fitDynamic(value);
  if (typeof type === "string") return fitPrimitive(type, value);
  if (type[0] === "object") {
    const source = asObject(type, value);
    return Object.fromEntries(Object.entries(type[1]).map(([name, t]) => [name, fit(t, source[name] ?? null)]));
  }
  if (type[0] === "map") {
    return Object.fromEntries(Object.entries(asObject(type, value)).map(([key, v]) => [key, fit(type[1], v)]));
  }
  if (!Array.isArray(value)) throw misfit(type, value);
  return value.map((element) => fit(type[1], element));
}

function fitPrimitive(type: string, value: Value): Value {
  if (type === "string" && (typeof value === "number" || typeof value === "boolean")) return String(value);
  if (type === "number" && typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value))) {
    return Number(value);
  }
  if (type === "bool" && (value === "true" || value === "false")) return value === "true";
  if (type === "number" && typeof value === "bigint") return value;
  if (typeof value !== (type === "bool" ? "boolean" : type)) throw misfit(type, value);
  return value;
}

function asObject(type: CtyType, value: Value): Obj {
  if (!isObj(value)) throw misfit(type, value);
  return value;
}

function misfit(type: CtyType, value: Value): Error {
  return new Error(`${canon(value).slice(0, 80)} is no ${typeof type === "string" ? type : type[0]}`);
}

function fitDynamic(value: Value): Value {
  if (isWireDynamic(value)) return value;
  if (isJsonDynamic(value)) return wireDynamic(value);
  return wireDynamic({ type: typeOf(value), value });
}

function isWireDynamic(value: Value): value is [Uint8Array, Value] {
  return Array.isArray(value) && value.length === 2 && value[0] instanceof Uint8Array;
}

function isJsonDynamic(value: Value): value is { type: Value; value: Value } {
  return isObj(value) && Object.keys(value).length === 2 && "type" in value && "value" in value;
}

function wireDynamic(value: { type: Value; value: Value }): [Uint8Array, Value] {
  return [Buffer.from(JSON.stringify(value.type)), value.value];
}

function typeOf(value: Value): Value {
  if (typeof value === "string") return "string";
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "bool";
  if (Array.isArray(value)) return ["tuple", value.map(typeOf)];
  if (isObj(value)) return ["object", Object.fromEntries(Object.entries(value).map(([k, v]) => [k, typeOf(v)]))];
  return "dynamic";
}

/** The value of a type: canonical text that is equal exactly when Terraform sees equal values, sets in any order. */
export function canonical(block: Block, value: Value): string {
  if (!isObj(value)) return canon(value);
  const parts = [
    ...block.attributes.map((a) => `${a.name}=${canonicalValue(a.type, value[a.name])}`),
    ...block.blocks.map((nested) => `${nested.name}=${canonicalNested(nested, value[nested.name])}`),
  ];
  return `{${parts.join(",")}}`;
}

export function canonicalNested(nested: NestedBlock, value: Value): string {
  if (Array.isArray(value))
    return join(
      nested.nesting === "set",
      value.map((e) => canonical(nested.block, e)),
    );
  if (nested.nesting === "map" && isObj(value)) return canon(value);
  return canonical(nested.block, value);
}

export function canonicalValue(type: CtyType, value: Value): string {
  if (typeof type === "string") return canon(value);
  if (Array.isArray(value) && type[0] !== "object") {
    const element = type[1];
    return join(
      type[0] === "set",
      value.map((e: Value) => canonicalValue(element, e)),
    );
  }
  if (isObj(value) && type[0] === "object") {
    const fields = Object.entries(type[1]).map(([name, t]) => `${name}=${canonicalValue(t, value[name])}`);
    return `{${fields.join(",")}}`;
  }
  return canon(value);
}

function join(isSet: boolean, parts: string[]): string {
  return `[${(isSet ? parts.sort() : parts).join(",")}]`;
}

/** The attribute or block of a name. */
export function attributeOf(block: Block, name: string): Attribute | undefined {
  return block.attributes.find((a) => a.name === name);
}

export function blockOf(block: Block, name: string): NestedBlock | undefined {
  return block.blocks.find((nested) => nested.name === name);
}
