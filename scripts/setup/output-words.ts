/** Outputs of a stack as people read them: lists and maps one entry per line. */
import { table } from "../lib/terminal";
import type { Output } from "./terraform-steps";

/** Columns that a line should keep to. */
const WIDTH = 100;
const ENTRY = " ".repeat(6);

/** Outputs as text: what each is, then its value. */
export function outputsInWords(outputs: readonly Output[]): string {
  return outputs.map((output) => `  ${output.description || output.name}\n    ${nameAndValue(output)}`).join("\n");
}

function nameAndValue({ name, value, sensitive }: Output): string {
  if (sensitive) return `${name} = (hidden: sensitive)`;
  if (typeof value !== "object" || value === null) return `${name} = ${scalar(value)}`;
  const entries = Array.isArray(value) ? listed(value) : mapped(value as Record<string, unknown>);
  return entries === "" ? `${name} = (none)` : `${name}:\n${entries}`;
}

/** Records and other objects become rows of one table, so that their parts line up. */
function listed(values: readonly unknown[]): string {
  return table(values.map(cells), ENTRY);
}

interface DnsRecord {
  name: string;
  type: string;
  value: string;
}

function cells(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [scalar(value)];
  if (isDnsRecord(value)) return [value.name, value.type, value.value];
  return Object.entries(value).map(([key, part]) => `${key}=${scalar(part)}`);
}

function isDnsRecord(value: object): value is DnsRecord {
  return ["name", "type", "value"].every((key) => typeof (value as Record<string, unknown>)[key] === "string");
}

/** Keys beside their values, or above them when a line would become too long. */
function mapped(map: Record<string, unknown>): string {
  const rows = Object.entries(map).map(([key, value]) => [key, scalar(value)]);
  const beside = table(rows, ENTRY);
  const fits = beside.split("\n").every((line) => line.length <= WIDTH);
  return fits ? beside : rows.map(([key, value]) => `${ENTRY}${key}\n${ENTRY}  ${value}`).join("\n");
}

const scalar = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
