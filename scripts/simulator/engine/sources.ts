/** Answers what has no object of its own: data sources and ephemeral values. */
import { randomBytes } from "node:crypto";
import type { Diagnostic, EphemeralSource, Knowledge, Obj } from "../contract";
import { attributeOf, conform } from "../schema/shape";
import type { TypeSchema } from "../schema/types";
import { UNKNOWN } from "../wire/value";
import { error } from "./diagnostics";
import { fill } from "./fill";
import { inRegion, type Session } from "./session";

export type Answer = { value: Obj } | { refused: Diagnostic };

/** Reads a data source; what the answer leaves out is null. */
export function readData(schema: TypeSchema, config: Obj, session: Session, knowledge: Knowledge): Answer {
  const { ctx, world } = inRegion(session, config.region);
  const answer = knowledge.dataSource(schema.type, config, ctx, world);
  if (isMissing(answer)) return { refused: noAnswer(schema.type, answer.missing) };
  const given = Object.entries(config).filter(([, value]) => !isUnset(value));
  const value = conform(schema.block, { ...answer, ...Object.fromEntries(given) });
  if (attributeOf(schema.block, "region")?.computed) value.region ??= ctx.region;
  return { value };
}

/**
 * Opens an ephemeral value.
 * @param source the resource or data source that the type is like
 */
export function openEphemeral(
  schema: TypeSchema,
  source: EphemeralSource,
  config: Obj,
  session: Session,
  knowledge: Knowledge,
): Answer {
  if (source.from === "data") return readData({ ...schema, type: source.type }, config, session, knowledge);
  const { type } = source;
  const { block } = schema;
  const { ctx, world } = session;
  const object = conform(block, config);
  const { defaults } = knowledge.facts(type);
  for (const a of block.attributes) if (a.computed) object[a.name] ??= defaults[a.name] ?? UNKNOWN;
  // Every opening draws another value: one that went into two places would be two values.
  const key = randomBytes(32).toString("hex");
  fill({ type, block, key, session, knowledge }, object);
  const seeded = { ...ctx, seed: key };
  const hooked = knowledge.hooks(type).apply?.({ type, config, prior: null, result: object, ctx: seeded, world });
  return { value: conform(block, hooked?.result ?? object) };
}

function isMissing(answer: Obj | { missing: string }): answer is { missing: string } {
  return Object.keys(answer).length === 1 && typeof answer.missing === "string";
}

function isUnset(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

function noAnswer(type: string, missing: string): Diagnostic {
  return error("No simulated answer for this data source", `${type}: ${missing}`);
}
