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

export const describe = ({ judge, id, where }: Exception): string => [judge, id, where].filter(Boolean).join(" ");

/** Whether an exception excuses a finding of a tool. */
export function excuses(exception: Exception, tool: string, finding: Finding): boolean {
  if (exception.judge !== tool || exception.id !== finding.id) return false;
  const { where } = exception;
  return where === undefined || finding.where === where || finding.where.startsWith(`${where}.`);
}
