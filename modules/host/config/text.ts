/** Lines of a configuration file, joined and ended by line feeds. */
export const lines = (...parts: readonly (string | readonly string[])[]): string => `${parts.flat().join("\n")}\n`;

/** Lines one level deeper; empty ones stay empty. */
export const indent = (by: string, text: readonly string[]): string[] =>
  text.map((line) => (line === "" ? line : `${by}${line}`));
