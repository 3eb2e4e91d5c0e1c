import type { Step } from "../guide";
import type { LocatedFinding } from "../issues";
import { isPlainObject } from "../merge";
import { showValue } from "../show";
import { finding, type Rule } from "./rule";

/** Lists in which a word may stand twice: command lines. */
const FREE_LISTS: readonly Step[] = ["command"];

function repetitions(value: unknown, path: readonly Step[]): LocatedFinding[] {
  if (isPlainObject(value)) return Object.entries(value).flatMap(([key, inner]) => repetitions(inner, [...path, key]));
  if (!Array.isArray(value) || FREE_LISTS.includes(path.at(-1) ?? "")) return [];
  const items: readonly unknown[] = value;
  return items.flatMap((item, index) =>
    typeof item === "string" && items.indexOf(item) < index
      ? [finding([...path, index], showValue(item), "an entry that the list does not have yet", "remove it")]
      : [],
  );
}

const noRepetition: Rule = {
  id: "no-repetition",
  description: "No list names a thing twice.",
  check: ({ app }) => repetitions(app, []),
};

export const LIST_RULES: readonly Rule[] = [noRepetition];
