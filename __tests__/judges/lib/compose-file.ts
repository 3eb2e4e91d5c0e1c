/** Finds the Compose file that a stack ships, in the form in which the host will read it. */
import { type Json, type StackJson, resourceBlocks } from "../../../scripts/lib/stack-json";

/** A file that Terraform puts into a bucket. */
export interface ShippedFile {
  /** The resource block that holds it. */
  readonly block: Json;
  readonly key: string;
  /** Its text with Terraform's escapes undone and references replaced by a stand-in. */
  readonly content: string;
}

const STAND_IN = "placeholder.example.com/placeholder";
const TEMPLATE = /\$\$\{|%%\{|\$\{[^}]*\}/g;

/** Text as Terraform renders it before anything exists: `$${` becomes `${`, references become a stand-in. */
export function rendered(text: string): string {
  return text.replace(TEMPLATE, (match) => (match === "$${" || match === "%%{" ? match.slice(1) : STAND_IN));
}

/** Every file with text content that a stack puts into a bucket. */
export function shippedFiles(stack: StackJson): ShippedFile[] {
  return [...resourceBlocks(stack)].flatMap(({ type, block }) => {
    const { key, content } = block;
    if (type !== "aws_s3_object" || typeof key !== "string" || typeof content !== "string") return [];
    return [{ block, key: rendered(key), content: rendered(content) }];
  });
}

/** The Compose files among them. */
export const composeFiles = (stack: StackJson): ShippedFile[] =>
  shippedFiles(stack).filter(({ key }) => key.endsWith("compose.yaml"));

/** The names of all variables that a Compose file takes from its environment; `$$` is a literal dollar sign. */
export function variableNames(compose: string): string[] {
  const found = compose.replaceAll("$$", "").matchAll(/\$\{?([A-Za-z_]\w*)/g);
  return [...new Set([...found].map(([, name]) => name ?? ""))].sort();
}
