/** The vocabulary of planted faults: small changes to a copy of a shipped stack. */
import { isMap, parseDocument, type YAMLMap } from "yaml";
import type { Json, StackJson } from "../../../scripts/lib/stack-json";
import { type ShippedFile, composeFiles, shippedFiles } from "../lib/compose-file";

/** What a judge must say about a fault. */
export interface Expectation {
  /** The checker's id of the finding. */
  readonly id: string;
  /** What its text must contain, for checkers whose ids say little. */
  readonly text?: RegExp;
}

/** One mistake, how to make it, and which judge must report it as what. */
export interface Fault {
  /** Lower case with dashes, unique. */
  readonly name: string;
  /** By the name of the judge. */
  readonly reportedBy: Readonly<Record<string, string | Expectation>>;
  /** Makes the mistake. @throws Error when the stack has nothing to make it in */
  plant(stack: StackJson): void;
}

/** One mistake in a copy of the sample files. */
export interface SourceFault extends Pick<Fault, "name" | "reportedBy"> {
  /** The sample that it goes into. */
  readonly file: string;
  readonly change: (text: string) => string;
}

/** The sample with its fault. @throws Error when the fault does not fit the sample any more */
export function changed({ file, change }: SourceFault, sample: string): string {
  const text = change(sample);
  if (text === sample) throw new Error(`the fault changes nothing in ${file}`);
  return text;
}

/**
 * The block of the first resource of a type, to be changed in place.
 *
 * @throws Error when there is none: the fault no longer fits the stack
 */
export function block(stack: StackJson, type: string, chosen: (block: Json) => boolean = () => true): Json {
  const found = Object.values(stack.resource?.[type] ?? {}).find(chosen);
  if (!found) throw new Error(`there is no fitting ${type} to plant the fault into`);
  return found;
}

/** The first nested block of a name; nested blocks stand as an object or as a list. */
export function nested(parent: Json, name: string): Json {
  const value = parent[name];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof first !== "object" || first === null) throw new Error(`there is no ${name} block to plant the fault into`);
  return first as Json;
}

/** Removes every resource of a type. */
export function remove(stack: StackJson, type: string): void {
  block(stack, type);
  delete stack.resource?.[type];
}

/** Replaces text in the Compose file that the stack ships. */
export function editCompose(stack: StackJson, change: (text: string) => string): void {
  edit(composeFiles(stack), change);
}

/** Replaces text in a file with this ending that the stack ships, the first one that the change fits. */
export function editShipped(stack: StackJson, ending: string, change: (text: string) => string): void {
  edit(
    shippedFiles(stack).filter(({ key }) => key.endsWith(ending)),
    change,
  );
}

function edit(files: readonly ShippedFile[], change: (text: string) => string): void {
  const fitting = files.find(({ block: { content } }) => change(content as string) !== content);
  if (!fitting) throw new Error(`the fault changes nothing in ${files.length} files of the stack`);
  fitting.block.content = change(fitting.block.content as string);
}

/** Changes the first service of the Compose file that the stack ships. */
export function editService(stack: StackJson, change: (service: YAMLMap, compose: YAMLMap) => void): void {
  editCompose(stack, (text) => {
    const document = parseDocument(text);
    const services = document.get("services");
    const first = isMap(services) ? services.items[0]?.value : undefined;
    if (!isMap(first) || !isMap(document.contents)) throw new Error("the Compose file has no service");
    change(first, document.contents);
    return document.toString();
  });
}
