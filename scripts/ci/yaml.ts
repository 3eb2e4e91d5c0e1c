/** Workflows as YAML. */
import { Document, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";
import { Remarked, type Workflow } from "./model";

/** The file of a workflow: the same object gives the same bytes. */
export function workflowText(header: readonly string[], workflow: Workflow): string {
  const document = new Document(toNode(workflow));
  document.commentBefore = header.map((line) => ` ${line}`).join("\n");
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function toNode(value: unknown): Node {
  if (value instanceof Remarked) {
    const scalar = new Scalar(value.value);
    scalar.comment = ` ${value.remark}`;
    return scalar;
  }
  if (Array.isArray(value)) {
    const list = new YAMLSeq();
    list.items = value.map(toNode);
    list.flow = value.every((entry) => typeof entry === "string");
    return list;
  }
  if (typeof value !== "object" || value === null) return textNode(value);
  const map = new YAMLMap();
  for (const [key, entry] of Object.entries(value)) {
    if (entry !== undefined) map.items.push(new Pair(new Scalar(key), toNode(entry)));
  }
  map.flow = map.items.length === 0;
  return map;
}

/** Scripts stand as they are, line by line. */
function textNode(value: unknown): Scalar {
  const scalar = new Scalar(value);
  if (typeof value === "string" && value.includes("\n")) scalar.type = Scalar.BLOCK_LITERAL;
  return scalar;
}
