/** How a stack is: what AWS knows, and what its host says. */
import { table } from "../lib/terminal";
import type { AlarmState, Instance, Told } from "./aws-view";
import type { HostStatus } from "./host-report";

/** The parts of the answer; each may be missing with a reason. */
export interface StatusParts {
  instance: Told<Instance>;
  alarms: Told<readonly AlarmState[]>;
  /** Released image by service. */
  released: Told<Readonly<Record<string, string>>>;
  /** Seconds since the last verified backup, null when there is none; undefined when the host makes none. */
  backup: Told<number | null> | undefined;
  host: Told<HostStatus>;
}

export interface Status {
  stack: string;
  instance: Instance | null;
  host: HostStatus | null;
  released: Readonly<Record<string, string>> | null;
  backup: { lastSeconds: number | null } | null;
  alarms: readonly AlarmState[] | null;
  /** What somebody has to do something about. */
  wrong: string[];
  /** What could not be told, and why. */
  untold: string[];
}

/** Puts the parts together. */
export function statusOf(stack: string, parts: StatusParts): Status {
  const { instance, alarms, released, backup, host } = parts;
  return {
    stack,
    instance: instance.value ?? null,
    host: host.value ?? null,
    released: released.value ?? null,
    backup: backup?.value === undefined ? null : { lastSeconds: backup.value },
    alarms: alarms.value ?? null,
    wrong: [...instanceFaults(instance.value), ...(host.value?.missing ?? []), ...alarmFaults(alarms.value)],
    untold: [instance, alarms, released, ...(backup ? [backup] : []), host].flatMap(({ trouble }) => trouble ?? []),
  };
}

/** Exit code: 3 when something could not be told, 1 when something is wrong, else 0. */
export const statusCode = ({ wrong, untold }: Status): 0 | 1 | 3 => (untold.length > 0 ? 3 : wrong.length > 0 ? 1 : 0);

function instanceFaults(instance: Instance | undefined): string[] {
  if (instance === undefined) return [];
  const { id, state, checks } = instance;
  if (state !== "running") return [`the instance ${id} is ${state}`];
  return checks.includes("impaired") ? [`the instance ${id} fails EC2's status checks`] : [];
}

function alarmFaults(alarms: readonly AlarmState[] = []): string[] {
  return alarms.flatMap(({ name, state, reason }) => {
    if (state === "ALARM") return [`the alarm ${name} rings: ${reason}`];
    return state === "MISSING" ? [`the alarm ${name} does not exist: apply the stack to make it anew`] : [];
  });
}

/** The status for people. */
export function describeStatus(status: Status): string {
  const parts = [
    `${status.stack}\n${table([...instanceRow(status), ...backupRow(status), ...alarmRow(status), ...hostRows(status)])}`,
    table(serviceRows(status)),
    listed("could not be told", status.untold),
    listed("wrong", status.wrong),
  ];
  const verdict = status.untold.length + status.wrong.length === 0 ? ["nothing is missing"] : [];
  return [...parts.filter((part) => part !== ""), ...verdict].join("\n\n");
}

const listed = (title: string, lines: readonly string[]): string =>
  lines.length > 0 ? `${title}:\n${lines.map((line) => `  ${line}`).join("\n")}` : "";

function instanceRow({ instance }: Status): string[][] {
  if (instance === null) return [];
  const { id, type, state, checks, publicIp } = instance;
  return [["host", `${id} (${type}) ${state}, checks ${checks}${publicIp ? `, ${publicIp}` : ""}`]];
}

function backupRow({ backup, host }: Status): string[][] {
  if (backup === null) return [];
  const drill = host?.backup.lastDrillSeconds;
  const drilled = typeof drill === "number" ? `, restored in a drill ${ago(drill)}` : "";
  return [["last backup", `${backup.lastSeconds === null ? "none yet" : ago(backup.lastSeconds)}${drilled}`]];
}

function alarmRow({ alarms }: Status): string[][] {
  if (alarms === null) return [];
  if (alarms.length === 0) return [["alarms", "the stack has none"]];
  const named = (state: string): string[] => alarms.filter((alarm) => alarm.state === state).map(({ name }) => name);
  const [ringing, silent] = [named("ALARM"), named("INSUFFICIENT_DATA")];
  const words = [
    `${alarms.length} watched`,
    ringing.length > 0 ? `ringing: ${ringing.join(", ")}` : "none rings",
    ...(silent.length > 0 ? [`without data: ${silent.join(", ")}`] : []),
  ];
  return [["alarms", words.join("; ")]];
}

function hostRows({ host }: Status): string[][] {
  if (host === null) return [];
  return [
    ...host.disks.map(({ mount, usedPercent, sizeBytes }) => [
      mount,
      `${usedPercent} % of ${(sizeBytes / 1024 ** 3).toFixed(1)} GiB used`,
    ]),
    ...host.units.filter(({ state }) => state === "failed").map(({ name, state }) => [name, state]),
    ...(host.maintenance ? [["maintenance", "the page is on: every request gets it"]] : []),
    ...(host.rebootDue ? [["reboot", "a security update waits for one"]] : []),
  ];
}

/** What runs as the host says; without it, what is released. */
function serviceRows({ host, released }: Status): string[][] {
  if (host === null)
    return Object.entries(released ?? {}).map(([name, image]) => [name, "?", `released ${short(image)}`]);
  return host.services.map(({ name, state, image, released: wanted }) => {
    const other = wanted !== "" && wanted !== image ? `, released is ${short(wanted)}` : "";
    return [name, state, `${short(image)}${other}`];
  });
}

/** An image reference whose digest is cut to what people compare. */
const short = (image: string): string => image.replace(/@sha256:([0-9a-f]{12})[0-9a-f]+$/, "@$1") || "nothing";

/** An age in its two largest units. */
export function ago(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const [hours, days] = [Math.floor(minutes / 60), Math.floor(minutes / 1440)];
  if (days >= 2) return `${days} d ${hours % 24} h ago`;
  return hours > 0 ? `${hours} h ${minutes % 60} min ago` : `${minutes} min ago`;
}
