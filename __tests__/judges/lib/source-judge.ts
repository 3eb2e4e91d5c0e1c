/** Judges that read files as they stand in the repository: one run of the tool per folder. */
import { type Kind, sources } from "./sources";
import type { Evaluation, Finding, Judge } from "./types";
import { workspace } from "./workspace";

export interface SourceJudge extends Pick<Judge, "name" | "tool" | "unavailable"> {
  readonly kind: Kind;
  /** How many files the repository is known to have; without it none is fine too. @default 0 */
  readonly known?: number;
  /** Judges files of one folder, named relative to it. */
  readonly check: (folder: string, files: readonly string[]) => Promise<readonly Finding[]>;
}

/**
 * The samples must be free of findings like the repository itself, so a tool that complains about everything fails even
 * while the repository has no file of the kind.
 */
export function sourceJudge({ kind, known = 0, check, ...judge }: SourceJudge): Judge {
  return {
    ...judge,
    docket: "sources",
    unit: kind.name,
    reads: ({ file }) => sources(kind, file).length > 0 || (file === workspace.project.root && known > 0),
    floor: ({ file }) => (file === workspace.project.root ? known : 1),
    async evaluate(inputs) {
      const results = new Map<string, Evaluation>();
      for (const { label, file } of inputs) {
        const files = sources(kind, file);
        const findings = files.length === 0 ? [] : await check(file, files);
        results.set(label, { evaluated: files.length, findings, notes: [] });
      }
      return results;
    },
  };
}

/** The JSON that a tool printed. @throws Error with the tool's own words when it printed none */
export function reportOf(tool: string, { stdout, stderr }: { stdout: string; stderr: string }): unknown {
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`${tool} printed no report: ${(stderr || stdout).trim().slice(-500)}`);
  }
}
