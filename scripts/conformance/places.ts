/** Reads and changes one built value in a stack's JSON, or in a file that the stack ships to its host. */
import { parse, stringify } from "yaml";
import { plainText } from "../../modules/terraform/escape";
import type { Json } from "../lib/stack-json";
import type { Built } from "./rows";

/** Stack JSON as written, by stack id. */
export type Stacks = ReadonlyMap<string, Json>;

/** What stands at a place; undefined when the place does not exist. */
export function valueAt(stacks: Stacks, place: Built): unknown {
  const stack = stacks.get(place.stack);
  if (place.file === undefined) return follow(stack, place.at);
  const raw = shippedObject(stack, place.file)?.content;
  if (raw === undefined) return undefined;
  const text = plainText(raw);
  return place.at === undefined ? text : follow(parse(text), place.at);
}

/** Whether a place holds what the table says. */
export function isAsSaid(stacks: Stacks, place: Built): boolean {
  const value = valueAt(stacks, place);
  if (place.absent) return stacks.has(place.stack) && value === undefined;
  if (place.holds === undefined) return JSON.stringify(value) === JSON.stringify(place.is);
  return (typeof value === "string" || Array.isArray(value)) && value.includes(place.holds);
}

/**
 * A copy of a stack with one value changed to another of the same kind: a text longer, a number larger, a flag turned
 * over, a list with one more or one fewer element, something where nothing was.
 *
 * @returns undefined when the place does not hold what the table says, or still does after the change
 */
export function mutated(stacks: Stacks, place: Built): Json | undefined {
  const copy = structuredClone(stacks.get(place.stack));
  if (copy === undefined || !isAsSaid(stacks, place)) return undefined;
  if (place.file === undefined) changeValue(copy, place);
  else changeFile(copy, place.file, place);
  return isAsSaid(new Map([[place.stack, copy]]), place) ? undefined : copy;
}

/** Changes the text as Terraform holds it, so that its doubled signs stay what they are. */
function changeFile(stack: Json, key: string, place: Built): void {
  const object = shippedObject(stack, key);
  if (object === undefined) return;
  if (place.at === undefined) {
    object.content = without(object.content, place.holds ?? "");
    return;
  }
  const document = parse(object.content) as unknown;
  changeValue(document, place);
  object.content = key.endsWith(".json") ? JSON.stringify(document, null, 2) : stringify(document);
}

function changeValue(document: unknown, { at = "", holds }: Built): void {
  const steps = pointerSteps(at);
  const last = steps.pop() ?? "";
  const parent = walk(document, steps);
  if (typeof parent === "object" && parent !== null) (parent as Json)[last] = another((parent as Json)[last], holds);
}

/** Another value of the same kind, without `part` where one is named. */
function another(value: unknown, part: string | undefined): unknown {
  if (typeof value === "string") return part === undefined ? `${value}-changed` : without(value, part);
  if (typeof value === "number") return value + 1;
  if (typeof value === "boolean") return !value;
  if (!Array.isArray(value)) return "changed";
  const entries = value as unknown[];
  return part === undefined ? [...entries, "changed"] : entries.filter((entry) => entry !== part);
}

/** A text without a part of it, which may stand there with Terraform's doubled signs. */
function without(text: string, part: string): string {
  const doubled = part.replace(/([$%])\{/g, "$1$1{");
  return text.replaceAll(text.includes(doubled) ? doubled : part, "");
}

const follow = (document: unknown, pointer = ""): unknown => walk(document, pointerSteps(pointer));

const pointerSteps = (pointer: string): string[] =>
  pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));

function walk(document: unknown, steps: readonly string[]): unknown {
  return steps.reduce<unknown>(
    (value, step) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, step) ? (value as Json)[step] : undefined,
    document,
  );
}

/** The S3 object that ships a host file under a key. */
function shippedObject(stack: Json | undefined, key: string): { content: string } | undefined {
  const objects = Object.values((follow(stack, "/resource/aws_s3_object") ?? {}) as Record<string, Json>);
  const object = objects.find((candidate) => candidate.key === key);
  return typeof object?.content === "string" ? (object as { content: string }) : undefined;
}
