/** Adds an app to the list in apps/index.ts, between marks, so that nothing has to parse TypeScript. */
import { UserError } from "../lib/errors";

const REGIONS = {
  imports: { start: "// tiers init: imports", end: "// tiers init: end of imports" },
  list: { start: "// tiers init: apps", end: "// tiers init: end of apps" },
} as const;

/**
 * The list with one more app; the same text when the app is in it already.
 *
 * @param source content of apps/index.ts
 * @param file name of the app's file without its ending
 * @param constant what that file exports
 * @throws UserError (exit 2) when the marks are gone
 */
export function withApp(source: string, file: string, constant: string): string {
  const added = insertLine(source, REGIONS.imports, `import { ${constant} } from "./${file}";`);
  return insertLine(added, REGIONS.list, `${constant},`);
}

function insertLine(source: string, { start, end }: { start: string; end: string }, line: string): string {
  const lines = source.split("\n");
  const from = lines.findIndex((one) => one.trim() === start);
  const to = lines.findIndex((one) => one.trim() === end);
  if (from < 0 || to < from) {
    throw new UserError(
      `apps/index.ts has no lines "${start}" and "${end}"; put them back around the ${start.split(" ").at(-1)}, then try again.`,
      2,
    );
  }
  if (lines.slice(from, to).some((one) => one.trim() === line)) return source;
  const indent = /^\s*/.exec(lines[to] ?? "")?.[0] ?? "";
  lines.splice(to, 0, indent + line);
  return lines.join("\n");
}
