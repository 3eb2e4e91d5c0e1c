/** Questions to a person at the terminal. */
import { createInterface } from "node:readline/promises";
import { UserError } from "./errors";

export interface Questions {
  /** The answer without surrounding spaces; the suggestion when the answer is empty. */
  ask(question: string, suggestion?: string): Promise<string>;
  close(): void;
}

/** Whether a person can answer. */
export const isInteractive = (): boolean => process.stdin.isTTY && process.stderr.isTTY;

/** Opens the conversation; Ctrl-C and the end of input end it with a UserError. */
export function openQuestions(): Questions {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const abort = new AbortController();
  const end = (): void => abort.abort();
  lines.on("SIGINT", end).on("close", end);
  return {
    async ask(question, suggestion) {
      const prompt = suggestion === undefined ? `${question}: ` : `${question} [${suggestion}]: `;
      try {
        const answer = (await lines.question(prompt, { signal: abort.signal })).trim();
        return answer === "" ? (suggestion ?? "") : answer;
      } catch (error) {
        if (!abort.signal.aborted) throw error;
        throw new UserError("Interrupted: nothing was changed.");
      }
    },
    close: () => lines.close(),
  };
}

/**
 * Asks for a name to be typed, before something that loses data.
 *
 * @throws UserError when nobody can answer (exit 2), or when the answer is not the name (exit 1)
 */
export async function confirmByName(name: string, question: string): Promise<void> {
  if (!isInteractive()) {
    throw new UserError(
      "Nobody can confirm: standard input is no terminal. Add --yes to go ahead without a question.",
      2,
    );
  }
  const questions = openQuestions();
  try {
    const answer = await questions.ask(`${question} Type ${name} to go ahead`);
    if (answer !== name) throw new UserError(`"${answer}" is not "${name}": nothing was changed.`);
  } finally {
    questions.close();
  }
}
