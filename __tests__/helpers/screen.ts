/** A stream that keeps what is written to it. */
import { createReporter, type Reporter, type Screen } from "../../scripts/lib/terminal";

export interface Recorder extends Screen {
  text(): string;
}

export function recorder(isTTY = false): Recorder {
  const written: string[] = [];
  return { isTTY, columns: 100, write: (text: string) => written.push(text), text: () => written.join("") };
}

/** A reporter that shows nothing. */
export const silent = (): Reporter => createReporter(recorder(), {}, "quiet");
