/** Whether an app works, seen from here and by its host. */
import { table } from "../lib/terminal";
import type { Told } from "./aws-view";
import type { Check } from "./host-report";
import type { SmokePlan } from "./smoke-plan";
import { checkDirectPort, checkName, type WebOptions } from "./smoke-web";
import { ago } from "./status";

export interface SmokeReport {
  stack: string;
  checks: (Check & { from: "here" | "host" | "aws" })[];
  leftToHost: SmokePlan["leftToHost"];
}

/** Everything that can be asked from this machine, one name after the other. */
export async function checkFromHere(plan: SmokePlan, options: WebOptions): Promise<Check[]> {
  const checks: Check[] = [];
  for (const name of plan.names) checks.push(...(await checkName(name, options)));
  for (const port of plan.directPorts) checks.push(await checkDirectPort(port, options));
  return checks;
}

/**
 * The age of the last verified backup against what the app allows. Where there is none yet, the host alone knows since when
 * one could be there: then its own check of the backup stands, and this one is left out.
 */
export function checkBackup({ value, trouble }: Told<number | null>, maxAgeHours: number, hostTold: boolean): Check[] {
  const name = "last verified backup";
  if (trouble !== undefined) return [{ name, result: "unknown", detail: trouble }];
  if (value === null || value === undefined) {
    const detail = "there is none yet; only the host knows whether one is due";
    return hostTold ? [] : [{ name, result: "unknown", detail }];
  }
  const isFresh = value <= maxAgeHours * 3600;
  const detail = `${ago(value)}${isFresh ? "" : `; at most ${maxAgeHours} h`}`;
  return [{ name, result: isFresh ? "ok" : "failed", detail }];
}

/** What the host found, or that it could not be asked. */
export const checksOfHost = ({ value, trouble }: Told<readonly Check[]>): readonly Check[] =>
  value ?? [{ name: "the host", result: "unknown", detail: trouble ?? "" }];

/** Exit code: 1 when something failed, 3 when something could not be told, else 0. */
export function smokeCode({ checks }: SmokeReport): 0 | 1 | 3 {
  if (checks.some(({ result }) => result === "failed")) return 1;
  return checks.some(({ result }) => result === "unknown") ? 3 : 0;
}

const WHERE = { here: "from here", host: "on the host", aws: "in AWS" } as const;
const MARKS = { ok: "ok", failed: "FAILED", unknown: "?" } as const;

/** The report for people. */
export function describeSmoke({ stack, checks, leftToHost }: SmokeReport): string {
  const rows = checks.map(({ from, name, result, detail }) => [MARKS[result], name, WHERE[from], detail]);
  const left = leftToHost.map(({ what, why }) => `  ${what}: ${why}`);
  return [`${stack}\n${table(rows)}`, ...(left.length > 0 ? [`asked on the host only:\n${left.join("\n")}`] : [])].join(
    "\n\n",
  );
}
