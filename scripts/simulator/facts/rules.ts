/** Checks single values against their rules, in the words of the real provider. */
import { canonicalCidr, parseCidr } from "../../../modules/spec/cidr";
import type { Diagnostic, Value } from "../contract";
import { isObj, UNKNOWN } from "../wire/value";
import { elements, type Found, isSet, written } from "./paths";
import type { Format, Range, Rule } from "./types";

/** What is wrong with one value; nothing when it is unset, unknown or fits. */
export function checkValue(rule: Rule, at: Found): Diagnostic[] {
  if (at.value === UNKNOWN || at.value === null || at.value === undefined) return [];
  return [
    ...checkCount(rule, at),
    ...elements(at)
      .filter((element) => isSet(element.value) && element.value !== UNKNOWN && !isObj(element.value))
      .flatMap((element) => checkElement(rule, element)),
  ].map((problem) => ({ severity: "error", path: at.path, ...problem }));
}

/** Summary and detail of one problem. */
type Problem = Pick<Diagnostic, "summary" | "detail">;

function checkCount(rule: Rule, at: Found): Problem[] {
  if (!Array.isArray(at.value)) return [];
  const name = written(at.path);
  const count = at.value.length;
  if (rule.maxItems !== undefined && count > rule.maxItems) {
    return [
      {
        summary: "Too many list items",
        detail: `Attribute ${name} supports ${rule.maxItems} item maximum, but config has ${count} declared.`,
      },
    ];
  }
  if (rule.minItems !== undefined && count < rule.minItems) {
    return [
      {
        summary: "Not enough list items",
        detail: `Attribute ${name} requires ${rule.minItems} item minimum, but config has only ${count} declared.`,
      },
    ];
  }
  return [];
}

function checkElement(rule: Rule, at: Found): Problem[] {
  const name = written(at.path);
  return [checkChoice(rule, name, at.value), ...checkText(rule, name, at.value)]
    .filter((message) => message !== undefined)
    .map((message) => ({ summary: message, detail: rule.source ? `Source of the rule: ${rule.source}.` : "" }));
}

/** The alternatives: one that fits is enough. */
function checkChoice(rule: Rule, name: string, value: Value): string | undefined {
  const { enum: choices, ranges, multipleOf, orPattern } = rule;
  if (!choices && !ranges && !multipleOf && !orPattern) return undefined;
  const fits =
    choices?.some((choice) => String(choice) === String(value)) ||
    (typeof value === "number" && ranges?.some((range) => inRange(range, value))) ||
    (typeof value === "number" && multipleOf !== undefined && value > 0 && value % multipleOf === 0) ||
    (orPattern !== undefined && new RegExp(orPattern).test(String(value)));
  return fits ? undefined : `expected ${name} to ${allowed(rule)}, got ${String(value)}`;
}

function inRange([low, high]: Range, value: number): boolean {
  return (low === null || value >= low) && (high === null || value <= high);
}

function allowed(rule: Rule): string {
  const parts: string[] = [];
  if (rule.enum) parts.push(`be one of [${rule.enum.map((choice) => JSON.stringify(choice)).join(" ")}]`);
  for (const [low, high] of rule.ranges ?? []) {
    if (low !== null && high !== null) parts.push(`be in the range (${low} - ${high})`);
    else if (low !== null) parts.push(`be at least (${low})`);
    else parts.push(`be at most (${high})`);
  }
  if (rule.multipleOf !== undefined) parts.push(`be divisible by ${rule.multipleOf}`);
  if (rule.orPattern !== undefined) parts.push(`match ${rule.orPattern}`);
  return parts.join(", or ");
}

/** Length, patterns and formats: each must hold. */
function checkText(rule: Rule, name: string, value: Value): (string | undefined)[] {
  if (typeof value !== "string") return [];
  return [
    checkLength(name, value, rule.minLength ?? rule.itemLength?.[0], rule.maxLength ?? rule.itemLength?.[1]),
    checkPattern(name, value, rule.pattern ?? rule.itemPattern, true),
    checkPattern(name, value, rule.notPattern, false),
    rule.format && FORMATS[rule.format](name, value),
    rule.prefix && checkPrefix(name, value, rule.prefix),
  ];
}

function checkLength(name: string, value: string, low = 0, high = Infinity): string | undefined {
  const length = Buffer.byteLength(value);
  if (length >= low && length <= high) return undefined;
  const range = high === Infinity ? `at least ${low}` : `in the range (${low} - ${high})`;
  return `expected length of ${name} to be ${range}, got ${length} characters: ${shortened(value)}`;
}

function checkPattern(name: string, value: string, pattern: string | undefined, wanted: boolean): string | undefined {
  if (pattern === undefined || new RegExp(pattern).test(value) === wanted) return undefined;
  return `invalid value for ${name} (must ${wanted ? "" : "not "}match ${pattern}), got ${shortened(value)}`;
}

const SHOWN = 80;

function shortened(value: string): string {
  return value.length <= SHOWN ? value : `${value.slice(0, SHOWN)}...`;
}

const FORMATS: Record<Format, (name: string, value: string) => string | undefined> = {
  cidr4: (name, value) => {
    if (!isCidr(value)) return `${JSON.stringify(value)} is not a valid IPv4 CIDR block (${name})`;
    const canonical = canonicalCidr(value);
    if (canonical === value) return undefined;
    return `${JSON.stringify(value)} is not a valid IPv4 CIDR block (${name}); did you mean ${JSON.stringify(canonical)}?`;
  },
  cidr6: (name, value) =>
    /^[0-9a-f:]*:[0-9a-f:]*\/\d{1,3}$/i.test(value)
      ? undefined
      : `${JSON.stringify(value)} is not a valid IPv6 CIDR block (${name})`,
  json: (name, value) => {
    try {
      JSON.parse(value);
      return undefined;
    } catch (error) {
      return `${JSON.stringify(name)} contains an invalid JSON: ${error instanceof Error ? error.message : String(error)}`;
    }
  },
};

function checkPrefix(name: string, value: string, [low, high]: [number, number]): string | undefined {
  if (!isCidr(value)) return undefined;
  const bits = parseCidr(value).prefix;
  if (bits >= low && bits <= high) return undefined;
  return `expected ${name} to contain a network Value with between ${low} and ${high} significant bits, got: ${bits}`;
}

const IPV4_CIDR = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;

/** Whether a text is an IPv4 CIDR block; host bits may be set. */
export function isCidr(text: Value): text is string {
  const [octets, bits] = split(IPV4_CIDR.exec(String(text))?.slice(1).map(Number) ?? []);
  return octets.length === 4 && octets.every((octet) => octet <= 255) && bits !== undefined && bits <= 32;
}

function split(numbers: number[]): [octets: number[], bits: number | undefined] {
  return [numbers.slice(0, 4), numbers[4]];
}
