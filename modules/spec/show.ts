import type { Step } from "./guide";

/** What a report says about a value that is not there. */
export const MISSING = "missing";

const SHOWN = 40;
/** Fields below which a careless author may have written a secret itself instead of its name. */
const HIDDEN = new Set(["env", "secrets", "aliases", "files", "passwordSecret", "urlSecret", "tokenSecret"]);

/** Whether the value at a path must not appear in a report. */
export const isHidden = (path: readonly Step[]): boolean =>
  path.some((step) => typeof step === "string" && HIDDEN.has(step)) && !isSettingOfSecret(path);

/** A field of an entry of `secrets`, such as `secrets.JWT_SECRET.bytes`: no secret itself. */
const isSettingOfSecret = (path: readonly Step[]): boolean => path[0] === "secrets" && path.length > 2;

const shorten = (words: string): string => (words.length <= SHOWN ? words : `${words.slice(0, SHOWN - 1)}…`);

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  if (typeof value === "string") return "a text";
  if (typeof value === "object") return Object.keys(value).length === 0 ? "an empty object" : "an object";
  if (typeof value === "boolean") return "true or false";
  return `a ${typeof value}`;
}

/** A value in a few words for a report; `hidden` values show their kind only. */
export function showValue(value: unknown, hidden = false): string {
  if (value === undefined) return MISSING;
  if (hidden) return `${kindOf(value)} (not shown)`;
  if (typeof value === "string") return shorten(JSON.stringify(value));
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint")
    return shorten(String(value));
  return kindOf(value);
}
