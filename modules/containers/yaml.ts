import { Document, isMap, type Pair, Scalar } from "yaml";

/** A remark above one key of a YAML file. */
export interface YamlComment {
  /** Keys that lead to the one it stands above. */
  readonly path: readonly string[];
  readonly text: string;
}

/** A text in one line, so that it cannot end the comment that it stands in. */
export const oneLine = (text: string): string => text.replace(/[\s\u0085\u2028\u2029]+/g, " ").trim();

/**
 * YAML in the order of the value's keys. Lines are never folded and no aliases are made; a text that YAML 1.1 would take
 * for something else ("no", "1:30") is quoted.
 */
export function renderYaml(value: object, header: string, comments: readonly YamlComment[] = []): string {
  const document = new Document(value, { compat: "yaml-1.1", aliasDuplicateObjects: false });
  document.commentBefore = ` ${oneLine(header)}`;
  for (const { path, text } of comments) {
    keyAt(document, path).commentBefore = ` ${oneLine(text)}`;
  }
  return document.toString({ lineWidth: 0, indentSeq: true });
}

function keyAt(document: Document, path: readonly string[]): Scalar {
  const parent = path.length > 1 ? document.getIn(path.slice(0, -1)) : document.contents;
  const pair = isMap(parent) ? parent.items.find((item) => scalarText(item) === path.at(-1)) : undefined;
  if (!(pair?.key instanceof Scalar))
    throw new Error(`a YAML comment names a key that does not exist: ${path.join(".")}`);
  return pair.key;
}

const scalarText = ({ key }: Pair): unknown => (key instanceof Scalar ? key.value : key);
