/** What people see while work goes on: results on stdout, progress on stderr. */

/** The part of a stream that is needed here; `process.stderr` is one. */
export interface Screen {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

export interface Reporter {
  /**
   * Runs one piece of work under a title: shown while it runs, with its duration afterwards.
   * The work may name what it is busy with.
   */
  step<T>(title: string, work: (busyWith: (detail: string) => void) => Promise<T> | T): Promise<T>;
  /** One line of progress text. */
  note(text: string): void;
  /** One line that the user should not miss. */
  warn(text: string): void;
  /** The finished steps, in order. */
  readonly finished: readonly FinishedStep[];
}

export interface FinishedStep {
  readonly title: string;
  readonly seconds: number;
}

export type ReporterMode = "live" | "plain" | "quiet";

/** "live" redraws one line on a terminal; "plain" writes a line per step; "quiet" shows warnings only. */
export function reporterMode(screen: Screen, env: NodeJS.ProcessEnv, json: boolean): ReporterMode {
  if (json) return "quiet";
  return screen.isTTY === true && !env.CI && env.TERM !== "dumb" ? "live" : "plain";
}

export type Paint = (style: "bold" | "dim" | "red" | "green" | "yellow", text: string) => string;

const CODES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;

/** Colours for a stream: none when it is no terminal or NO_COLOR is set. */
export function painter(screen: Screen, env: NodeJS.ProcessEnv): Paint {
  const on = screen.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb";
  return (style, text) => (on ? `\u001b[${CODES[style][0]}m${text}\u001b[${CODES[style][1]}m` : text);
}

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_MS = 100;
const TITLE_WIDTH = 56;

/** Makes the reporter of one command. */
export function createReporter(screen: Screen, env: NodeJS.ProcessEnv, mode: ReporterMode): Reporter {
  const paint = painter(screen, env);
  const finished: FinishedStep[] = [];
  const line = (text: string): void => void (mode === "quiet" || screen.write(`${text}\n`));
  return {
    finished,
    note: line,
    warn: (text) => void screen.write(`${paint("yellow", "warning:")} ${text}\n`),
    async step(title, work) {
      const started = performance.now();
      const seconds = (): number => (performance.now() - started) / 1000;
      const live = mode === "live" ? spin(screen, title, seconds) : undefined;
      const end = (mark: string): void => {
        live?.stop();
        line(`${mark} ${title.padEnd(TITLE_WIDTH)} ${paint("dim", `${seconds().toFixed(1).padStart(5)} s`)}`);
      };
      try {
        const result = await work((detail) => live?.detail(detail));
        end(paint("green", "  ok  "));
        finished.push({ title, seconds: Number(seconds().toFixed(2)) });
        return result;
      } catch (error) {
        end(paint("red", "failed"));
        throw error;
      }
    },
  };
}

/** Redraws one line until it is stopped. */
function spin(screen: Screen, title: string, seconds: () => number): { detail(text: string): void; stop(): void } {
  let frame = 0;
  let detail = "";
  const draw = (): void => {
    frame += 1;
    const text = `${FRAMES[frame % FRAMES.length]} ${title} ${seconds().toFixed(0)} s${detail && `  ${detail}`}`;
    screen.write(`\r\u001b[K${text.slice(0, (screen.columns ?? 80) - 1)}`);
  };
  const timer = setInterval(draw, FRAME_MS);
  draw();
  return {
    detail: (text) => void (detail = text),
    stop: () => {
      clearInterval(timer);
      screen.write("\r\u001b[K");
    },
  };
}

/** Lines up columns; the last one is not padded. */
export function table(rows: readonly (readonly string[])[], indent = "  "): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  }
  const cells = (row: readonly string[]): string[] =>
    row.map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)));
  return rows.map((row) => `${indent}${cells(row).join("  ").trimEnd()}`).join("\n");
}

/** "1 bucket", "2 buckets". */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`;
