import { closest, distance } from "fastest-levenshtein";

/** The known word that a misspelt one most likely stands for, or undefined when none is near. */
export function suggestion(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const lower = word.toLowerCase();
  const prefixed = known.find((candidate) => candidate.toLowerCase() === lower);
  if (prefixed !== undefined) return prefixed;
  const best = closest(word, known);
  const allowedEdits = Math.max(1, Math.floor(Math.max(word.length, best.length) / 3));
  return distance(word, best) <= allowedEdits ? best : undefined;
}

/** "did you mean ..." when a known word is near, otherwise the other advice. */
export function didYouMean(word: string, known: readonly string[], otherwise: string): string {
  const best = suggestion(word, known);
  return best === undefined ? otherwise : `did you mean "${best}"?`;
}
