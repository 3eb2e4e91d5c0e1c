/** Measures one command as a whole process tree: wall time and CPU time. */
import { UserError } from "../lib/errors";
import { run } from "../lib/process";

export interface Cost {
  /** Seconds on the clock. */
  readonly wall: number;
  /** Seconds of CPU of the command and all its children, user and system. */
  readonly cpu: number;
}

export interface Measured {
  readonly title: string;
  /** Middle of the runs. */
  readonly median: Cost;
  readonly runs: number;
}

export interface Command {
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

const MARK = "tierstack-times";

/**
 * Runs a command once to warm up, then several times.
 *
 * @throws UserError when the command fails
 */
export async function measure(command: Command, runs: number): Promise<Measured> {
  await once(command);
  const costs: Cost[] = [];
  for (let index = 0; index < runs; index += 1) costs.push(await once(command));
  const middle = (pick: (cost: Cost) => number): number =>
    costs.map(pick).sort((a, b) => a - b)[Math.floor(runs / 2)] ?? NaN;
  return {
    title: command.title,
    runs,
    median: { wall: middle((cost) => cost.wall), cpu: middle((cost) => cost.cpu) },
  };
}

/** Bash's `time` counts the CPU of all children that were waited for, which Node itself does not report. */
async function once({ title, command, args, cwd, env }: Command): Promise<Cost> {
  const script = `TIMEFORMAT='${MARK} %R %U %S'; time "$@" >/dev/null 2>&1`;
  const { code, stderr } = await run("bash", ["-c", script, "bash", command, ...args], { cwd, env, title });
  const [, wall, user, system] = new RegExp(`${MARK} (\\S+) (\\S+) (\\S+)`).exec(stderr) ?? [];
  if (code !== 0 || wall === undefined)
    throw new UserError(`${title} failed with exit code ${code}; it was not measured.`);
  return { wall: Number(wall), cpu: Number(user) + Number(system) };
}
