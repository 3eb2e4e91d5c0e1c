import { closest, distance } from "fastest-levenshtein";

/** More edits than this make another word. */
const MOST_EDITS = 3;
/** Share of the letters that must stay. */
const LEAST_LIKENESS = 0.4;

const lettersOf = (word: string): string => word.toLowerCase().split("").sort().join("");

/** The known word that a misspelt one most likely stands for, or undefined when none is near. */
export function suggestion(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const sameLetters = known.find((candidate) => lettersOf(candidate) === lettersOf(word));
  if (sameLetters !== undefined) return sameLetters;
  const best = closest(word, known);
  const edits = distance(word, best);
  const likeness = 1 - edits / Math.max(word.length, best.length);
  return edits <= MOST_EDITS && likeness > LEAST_LIKENESS ? best : undefined;
}

/** "did you mean ..." when a known word is near, otherwise the other advice. */
export function didYouMean(word: string, known: readonly string[], otherwise: string): string {
  const best = suggestion(word, known);
  return best === undefined ? otherwise : `did you mean "${best}"?`;
}
