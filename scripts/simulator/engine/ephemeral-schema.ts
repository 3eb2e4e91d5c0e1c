/** Schemas of ephemeral types, which the bindings do not have. */
import type { Knowledge } from "../contract";
import type { BindingLibrary } from "../schema/library";
import type { TypeSchema } from "../schema/types";

/** The schema of an ephemeral type, cut from the resource or data source it is like; undefined when the provider has none. */
export function ephemeralSchema(type: string, library: BindingLibrary, knowledge: Knowledge): TypeSchema | undefined {
  const source = knowledge.ephemeral[type];
  const like = source && (source.from === "data" ? library.data(source.type) : library.resource(source.type));
  if (!source || !like) return undefined;
  const attributes = like.block.attributes.filter((a) => !source.drop.includes(a.name));
  return { type, framework: true, block: { attributes, blocks: like.block.blocks } };
}
