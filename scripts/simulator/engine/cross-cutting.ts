/** What the provider block does to every resource: default tags and the region. */
import type { Obj, Value } from "../contract";
import { attributeOf } from "../schema/shape";
import type { Block } from "../schema/types";
import { hasUnknown, isObj, UNKNOWN } from "../wire/value";

/** One provider configuration, as far as it matters to resources. */
export interface ProviderSettings {
  region: string;
  /** A map of tags; unknown, or with unknown values, while a plan does not know them yet. */
  defaultTags: Value;
  /** Tags that the provider acts as if they were not there. */
  ignoredTags: { keys: string[]; prefixes: string[] };
  /** How often a throttled call is tried. */
  maxRetries: number;
}

/** 25 is the provider's own default of `max_retries`. */
export const NO_SETTINGS: ProviderSettings = {
  region: "us-east-1",
  defaultTags: {},
  ignoredTags: { keys: [], prefixes: [] },
  maxRetries: 25,
};

/** Reads a provider block; a provider without regions and tags has the same settings everywhere. */
export function readSettings(config: Obj): ProviderSettings {
  const block: Value = Array.isArray(config.default_tags) ? config.default_tags[0] : undefined;
  const tags = isObj(block) ? block.tags : undefined;
  return {
    region: typeof config.region === "string" ? config.region : NO_SETTINGS.region,
    defaultTags: tags === UNKNOWN || isObj(tags) ? tags : {},
    ignoredTags: readIgnored(config),
    maxRetries: Number(config.max_retries) || NO_SETTINGS.maxRetries,
  };
}

function readIgnored(config: Obj): ProviderSettings["ignoredTags"] {
  const block: Value = Array.isArray(config.ignore_tags) ? config.ignore_tags[0] : undefined;
  const list = (name: string): string[] => {
    const values: Value = isObj(block) ? block[name] : undefined;
    return Array.isArray(values) ? values.filter((value) => typeof value === "string") : [];
  };
  return { keys: list("keys"), prefixes: list("key_prefixes") };
}

function isIgnored(key: string, { ignoredTags: { keys, prefixes } }: ProviderSettings): boolean {
  return keys.includes(key) || prefixes.some((prefix) => key.startsWith(prefix));
}

/** An object as the provider reads it: without the tags that it ignores, whoever put them there. */
export function readTags(attributes: Obj, settings: ProviderSettings): Obj {
  const kept = (tags: Value): Value =>
    isObj(tags) ? Object.fromEntries(Object.entries(tags).filter(([key]) => !isIgnored(key, settings))) : tags;
  const tagged = ["tags", "tags_all"].filter((name) => name in attributes);
  return { ...attributes, ...Object.fromEntries(tagged.map((name) => [name, kept(attributes[name])])) };
}

/** The known default tags. */
export function knownTags(settings: ProviderSettings): Record<string, string> {
  if (!isObj(settings.defaultTags)) return {};
  const known = Object.entries(settings.defaultTags).filter(
    (tag): tag is [string, string] => typeof tag[1] === "string",
  );
  return Object.fromEntries(known);
}

/** Whether the type lives in a region that an argument can set. */
export function isRegional(block: Block): boolean {
  const region = attributeOf(block, "region");
  return region !== undefined && region.computed && region.optional;
}

/** Plans `region` and `tags_all` in place. */
export function planCrossCutting(block: Block, planned: Obj, config: Obj, settings: ProviderSettings): void {
  if (isRegional(block) && (config.region ?? null) === null) planned.region = settings.region;
  if (!ownsTagsAll(block, config)) return;
  const tags = allTags(config.tags, settings);
  // A provider leaves an empty map to the apply when it creates.
  const empty = isObj(tags) && Object.keys(tags).length === 0;
  planned.tags_all = empty && planned.tags_all === UNKNOWN ? UNKNOWN : tags;
}

/** Fills the `tags_all` that the plan left unknown, of an object or of a block in it, in place. */
export function applyTags(block: Block, result: Obj, settings: ProviderSettings): void {
  if (attributeOf(block, "tags_all") && result.tags_all === UNKNOWN) result.tags_all = allTags(result.tags, settings);
}

function ownsTagsAll(block: Block, config: Obj): boolean {
  return Boolean(attributeOf(block, "tags_all")?.computed) && (config.tags_all ?? null) === null;
}

function allTags(tags: Value, settings: ProviderSettings): Value {
  if (hasUnknown(tags) || hasUnknown(settings.defaultTags)) return UNKNOWN;
  const defaults = isObj(settings.defaultTags) ? settings.defaultTags : {};
  const all = Object.entries({ ...defaults, ...withoutNulls(isObj(tags) ? tags : {}) });
  return Object.fromEntries(all.filter(([key]) => !isIgnored(key, settings)));
}

const withoutNulls = (tags: Obj): Obj => Object.fromEntries(Object.entries(tags).filter(([, value]) => value !== null));
