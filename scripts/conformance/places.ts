/** Reads and changes one built value in a stack's JSON, or in a YAML or text file that the stack ships to its host. */
import { parse, stringify } from "yaml";
import type { Json } from "../lib/stack-json";
import type { Built } from "./rows";

/** Stack JSON as written, by stack id. */
export type Stacks = ReadonlyMap<string, Json>;

/** What stands at a place, or undefined when the place does not exist. */
export function valueAt(stacks: Stacks, place: Built): unknown {
  const stack = stacks.get(place.stack);
  if (place.file === undefined) return follow(stack, place.at);
  const text = hostFile(stack, place.file)?.text;
  if (text === undefined || place.at === undefined) return text;
  return follow(parse(text) as unknown, place.at);
}

/** Whether a place holds what the table says. */
export function holds(stacks: Stacks, place: Built): boolean {
  const value = valueAt(stacks, place);
  if (place.holds !== undefined) return textOf(value).includes(place.holds);
  return JSON.stringify(value) === JSON.stringify(place.is);
}

/**
 * A copy of a stack with one value changed to something else of the same kind.
 *
 * @returns undefined when the place does not exist
 */
export function mutated(stacks: Stacks, place: Built): Json | undefined {
  const stack = stacks.get(place.stack);
  if (stack === undefined) return undefined;
  const copy = structuredClone(stack);
  if (place.file === undefined) return change(copy, place) ? copy : undefined;

  const shipped = hostFile(copy, place.file);
  if (shipped === undefined) return undefined;
  if (place.at === undefined) {
    shipped.write(shipped.text.replaceAll(place.holds ?? "", ""));
    return copy;
  }
  const content = parse(shipped.text) as unknown;
  if (!change(content, place)) return undefined;
  shipped.write(stringify(content));
  return copy;
}

function change(document: unknown, { at = "", holds: part }: Built): boolean {
  const steps = pointerSteps(at);
  const last = steps.pop();
  const parent = last === undefined ? undefined : walk(document, steps);
  if (last === undefined || typeof parent !== "object" || parent === null) return false;
  const container = parent as Json;
  if (!(last in container)) return false;
  container[last] = other(container[last], part);
  return true;
}

/** Another value of the same kind. */
function other(value: unknown, part: string | undefined): unknown {
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value + 1;
  if (typeof value === "string") return part === undefined ? `${value}-changed` : value.replaceAll(part, "");
  if (part !== undefined)
    return JSON.parse(JSON.stringify(value).replaceAll(JSON.stringify(part).slice(1, -1), "")) as unknown;
  return Array.isArray(value) ? [...(value as unknown[]), "changed"] : null;
}

const follow = (document: unknown, pointer = ""): unknown => walk(document, pointerSteps(pointer));

const pointerSteps = (pointer: string): string[] =>
  pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));

function walk(document: unknown, steps: readonly string[]): unknown {
  return steps.reduce<unknown>(
    (value, step) => (typeof value === "object" && value !== null ? (value as Json)[step] : undefined),
    document,
  );
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));

interface ShippedFile {
  readonly text: string;
  write(text: string): void;
}

/** The host file behind an S3 object key, with Terraform's doubled signs undone and put back. */
function hostFile(stack: Json | undefined, key: string): ShippedFile | undefined {
  const objects = follow(stack, "/resource/aws_s3_object") as Record<string, Json> | undefined;
  const object = Object.values(objects ?? {}).find((candidate) => candidate.key === key);
  if (typeof object?.content !== "string") return undefined;
  return {
    text: object.content.replace(/([$%])\1\{/g, "$1{"),
    write: (text) => {
      object.content = text.replace(/[$%]\{(?!var\.|aws_|data\.)/g, (start) => `${start[0]}${start}`);
    },
  };
}
