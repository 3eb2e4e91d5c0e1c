/** The reviewed list of findings that are accepted, each with its reason. */
import * as fs from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import type { Finding } from "./types";

const schema = z.array(
  z.strictObject({
    /** The tool whose finding is accepted. */
    judge: z.string().min(1),
    /** The checker's id. */
    id: z.string().min(1),
    /** The address that is excused, or a beginning of it that ends at a dot. @default - every address */
    where: z.string().min(1).optional(),
    /** Why the stack is right and the checker's opinion does not apply. */
    reason: z.string().min(20),
  }),
);

export type Exception = z.infer<typeof schema>[number];

/**
 * Reads the exceptions file.
 *
 * @throws Error when an entry has no reason, an unknown key, or stands there twice
 */
export function readExceptions(file: string): Exception[] {
  const entries = schema.parse(parse(fs.readFileSync(file, "utf8")) ?? []);
  const seen = new Set<string>();
  for (const entry of entries) {
    const name = describe(entry);
    if (seen.has(name)) throw new Error(`${name} stands twice in the exceptions.`);
    seen.add(name);
  }
  return entries;
}

const describe = ({ judge, id, where }: Exception): string => [judge, id, where].filter(Boolean).join(" ");

/** The exceptions of one run, and which of them excused something. */
export class Exceptions {
  private readonly used = new Set<Exception>();
  private readonly unsettled = new Set<string>();

  constructor(private readonly entries: readonly Exception[]) {}

  /** Whether a finding of a tool is accepted. */
  excuse(tool: string, finding: Finding): boolean {
    const matching = this.entries.filter((entry) => entry.judge === tool && covers(entry, finding));
    for (const entry of matching) this.used.add(entry);
    return matching.length > 0;
  }

  /** Notes that a judge of a tool did not run to its end, so that nothing can be said about the tool's exceptions. */
  leaveOpen(tool: string): void {
    this.unsettled.add(tool);
  }

  /** Exceptions that excused nothing: they would hide the next real finding. */
  stale(): string[] {
    return this.entries
      .filter((entry) => !this.used.has(entry) && !this.unsettled.has(entry.judge))
      .map((entry) => `${describe(entry)} excuses nothing: remove it`);
  }

  summary(): string {
    return `${this.entries.length} exceptions, ${this.used.size} in use`;
  }
}

function covers({ id, where }: Exception, finding: Finding): boolean {
  if (id !== finding.id) return false;
  return where === undefined || finding.where === where || finding.where.startsWith(`${where}.`);
}
