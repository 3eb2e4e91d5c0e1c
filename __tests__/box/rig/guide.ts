/** The commands of a guide, in their order. */
import * as fs from "node:fs";
import * as path from "node:path";
import { ROOT } from "../../helpers/folders";

export interface Step {
  /** Where it runs; "by hand" is left out. */
  readonly where: "laptop" | "host" | "internet" | "by hand";
  /** What follows the place, such as "ends with 1", or the reason why it is left out. */
  readonly note: string;
  readonly commands: string;
}

/** A comment that names the place, and the block of commands that follows it. */
const MARKED = /<!-- (laptop|host|internet|by hand)(?:[:,] ([^>]*))? -->\s+```sh\n([\s\S]*?)```/g;

/**
 * Every block of commands of a guide.
 *
 * @throws Error when a block says not where it runs, or is left out without a reason
 */
export function stepsOf(guide: string): Step[] {
  const text = fs.readFileSync(path.join(ROOT, guide), "utf8");
  const steps = [...text.matchAll(MARKED)].map(([, where, note, commands]) => ({
    where: where as Step["where"],
    note: (note ?? "").trim(),
    commands: (commands ?? "").trim(),
  }));
  const blocks = text.match(/^```sh$/gm)?.length ?? 0;
  if (blocks !== steps.length)
    throw new Error(`${guide} has ${blocks} blocks of commands; ${steps.length} say where they run`);
  const silent = steps.find(({ where, note }) => where === "by hand" && note === "");
  if (silent) throw new Error(`${guide} leaves out without a reason: ${silent.commands}`);
  return steps;
}
