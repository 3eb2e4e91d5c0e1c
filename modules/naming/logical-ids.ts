/** The logical id that a path of construct ids below the stack becomes: joined by underscores, dashes turned into them. */
export function logicalId(...path: readonly string[]): string {
  return path.map((part) => part.replaceAll("-", "_")).join("_");
}
