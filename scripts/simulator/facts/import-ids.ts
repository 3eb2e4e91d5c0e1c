/** What `terraform import` takes for an object: its id, except for the types of the data file. */
import type { WorldObject } from "../contract";
import { readFacts } from "./load";
import { fillIn } from "./messages";

export class ImportIds {
  private readonly templates = readFacts("import-ids.json") as Record<string, string>;

  of({ type, id, attributes }: WorldObject): string {
    const template = this.templates[type];
    return template === undefined ? id : fillIn(template, { ...attributes, id });
  }
}
