/** Takes a secret's value from a person or a pipe. Never from arguments: other users of the machine see those. */
import { StringDecoder } from "node:string_decoder";
import { UserError } from "../lib/errors";
import { withoutLineEnd } from "./secret-value";

/** A terminal, as far as it is needed here; `process.stdin` is one. */
export interface Keyboard extends NodeJS.ReadableStream {
  isTTY?: boolean;
  setRawMode?(on: boolean): unknown;
}

/**
 * Reads the value: all of a pipe, or one line that is typed twice and not shown.
 *
 * @param say - writes the questions
 * @throws UserError when it was interrupted, or when the two lines differ
 */
export async function readValue(name: string, input: Keyboard, say: (text: string) => void): Promise<string> {
  if (!input.isTTY) return withoutLineEnd(await readAll(input));
  // Before the first question: what is typed at once would be shown.
  input.setRawMode?.(true);
  const [first, second] = await twice(name, input, say).finally(() => input.setRawMode?.(false));
  if (first !== second) throw new UserError("The two are not the same: nothing was changed.");
  return first;
}

async function twice(name: string, input: Keyboard, say: (text: string) => void): Promise<[string, string]> {
  const first = await hiddenLine(`New value of ${name} (not shown): `, input, say);
  return [first, await hiddenLine("The same again: ", input, say)];
}

async function readAll(input: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}

const [CTRL_C, CTRL_D, BACKSPACE, DELETE] = ["\u0003", "\u0004", "\b", "\u007f"];

/** One line, keystroke by keystroke: the terminal is in raw mode, because one that reads lines would show them. */
function hiddenLine(question: string, input: Keyboard, say: (text: string) => void): Promise<string> {
  say(question);
  input.resume();
  return new Promise<string>((resolve, reject) => {
    const decoder = new StringDecoder("utf8");
    let typed: string[] = [];
    const stop = (): void => {
      input.off("data", onData).off("end", onEnd);
      input.pause();
      say("\n");
    };
    const onEnd = (): void => {
      stop();
      reject(new UserError("Interrupted: nothing was changed."));
    };
    const onData = (data: Buffer): void => {
      const keys = Array.from(decoder.write(data));
      for (const [at, key] of keys.entries()) {
        if (key === CTRL_C || key === CTRL_D) return onEnd();
        if (key === "\r" || key === "\n") {
          stop();
          // What was typed ahead belongs to the next question.
          const rest = keys.slice(at + 1).join("");
          if (rest !== "") input.unshift(Buffer.from(rest));
          return resolve(typed.join(""));
        }
        typed = key === BACKSPACE || key === DELETE ? typed.slice(0, -1) : [...typed, key];
      }
    };
    input.on("data", onData).on("end", onEnd);
  });
}
