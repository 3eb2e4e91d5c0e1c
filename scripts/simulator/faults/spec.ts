/** Faults that a simulated account can be told to have, and the short texts that people write them in. */

export const CALLS = ["create", "read", "update", "delete"] as const;
/** What Terraform asks a provider to do with one resource. */
export type Call = (typeof CALLS)[number];

/** Before AWS did what it was asked, or after it, when only the answer is missing. */
export type Moment = "before" | "after";

export type Effect =
  /** AWS refuses with this error code and does nothing. */
  | { kind: "fail"; code: string }
  /** AWS does what it was asked, and the answer never arrives. */
  | { kind: "lose" }
  /** AWS accepts, and the provider's wait for the result fails: Terraform marks a new resource as tainted. */
  | { kind: "partial" }
  /** AWS makes the change, takes this attribute back to what it was before, and calls that a success. */
  | { kind: "revert"; attribute: string }
  /** AWS throttles this many attempts. The provider waits as the real one does, but `faster` times shorter. */
  | { kind: "throttle"; times: number; faster: number }
  /** The answer takes this many milliseconds more. */
  | { kind: "slow"; ms: number }
  /** The answer takes as long as it usually does on AWS, but `faster` times shorter. */
  | { kind: "realistic"; faster: number }
  /** The provider's process is killed, when everything else that is under way is done: only this call is cut off. */
  | { kind: "die"; moment: Moment }
  /** Terraform's process is killed, in the same way. */
  | { kind: "kill"; moment: Moment };

export interface Fault {
  /** `any` is every call. */
  call: Call | "any";
  /** A resource type, or `*` for every type. */
  type: string;
  /** Which of these calls, counted from 1 over the life of the account, or each of them. */
  at: number | "each";
  effect: Effect;
}

/** How many times shorter than on AWS waits are, unless the fault says otherwise. */
const THROTTLE_FASTER = 1_000;
const REALISTIC_FASTER = 10;
const LONGEST_SLOW_MS = 600_000;
const FORM = "<call>:<type>[:<number>|:each]=<fault>, such as create:aws_instance=fail:InsufficientInstanceCapacity";
const EFFECTS = "fail, lose, partial, revert, throttle, slow, die or kill";
/** Error codes on which the provider tries again, which is another fault. */
const THROTTLING = /^(Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|RequestThrottled)/;

/** A mistake in a text; becomes one line for the user. */
class Mistake extends Error {}

/**
 * Reads faults as people write them.
 *
 * @returns the faults, and one line for each text that is none
 */
export function parseFaults(texts: readonly string[]): { faults: Fault[]; problems: string[] } {
  const faults: Fault[] = [];
  const problems: string[] = [];
  for (const text of texts) {
    try {
      const fault = parseFault(text);
      const same = faults.find(
        (other) => calls(other) === calls(fault) && isDelay(other.effect) === isDelay(fault.effect),
      );
      if (same) throw new Mistake(`"${faultText(same)}" is for the same call; give one fault for each call`);
      faults.push(fault);
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      problems.push(`The fault "${text}" is not understood: ${error.message}.`);
    }
  }
  return { faults, problems };
}

/** The text of a fault, in full. */
export function faultText(fault: Fault): string {
  return `${calls(fault)}=${effectText(fault.effect)}`;
}

const calls = ({ call, type, at }: Fault): string => `${call}:${type}:${at}`;

function effectText(effect: Effect): string {
  switch (effect.kind) {
    case "fail":
      return `fail:${effect.code}`;
    case "revert":
      return `revert:${effect.attribute}`;
    case "throttle":
      return `throttle:${effect.times}:${effect.faster}`;
    case "slow":
      return `slow:${effect.ms}`;
    case "realistic":
      return `slow:realistic:${effect.faster}`;
    case "die":
    case "kill":
      return `${effect.kind}:${effect.moment}`;
    case "lose":
    case "partial":
  }
  return effect.kind;
}

function parseFault(text: string): Fault {
  const equals = text.indexOf("=");
  if (equals < 0) throw new Mistake(`it has no "="; write ${FORM}`);
  const [call = "", type = "", at, ...more] = text.slice(0, equals).split(":");
  if (more.length > 0) throw new Mistake(`"${text.slice(0, equals)}" has too many parts; write ${FORM}`);
  if (call !== "any" && !(CALLS as readonly string[]).includes(call))
    throw new Mistake(`the call "${call}" is none of ${CALLS.join(", ")}, any`);
  if (!/^(\*|[a-z][a-z0-9]*_[a-z0-9_]+)$/.test(type))
    throw new Mistake(`"${type}" is no resource type; write one like aws_instance, or * for every type`);
  const effect = parseEffect(text.slice(equals + 1));
  const fault: Fault = { call: call as Fault["call"], type, at: position(at, effect), effect };
  refuseMeaningless(fault);
  return fault;
}

function position(at: string | undefined, effect: Effect): Fault["at"] {
  if (at === undefined) return isDelay(effect) ? "each" : 1;
  return at === "each" ? at : wholeNumber(at, "the number of the call", 1, 1_000_000);
}

function parseEffect(text: string): Effect {
  const [kind, first, second, ...more] = text.split(":");
  const tooMany = more.length > 0 || (second !== undefined && !(kind === "throttle" || first === "realistic"));
  if (tooMany) throw new Mistake(`"${text}" has too many parts`);
  switch (kind) {
    case "fail":
      return { kind, code: errorCode(first ?? "InternalFailure") };
    case "lose":
    case "partial":
      if (first !== undefined) throw new Mistake(`"${kind}" takes nothing after it, got "${first}"`);
      return { kind };
    case "revert":
      return { kind, attribute: attributeName(first) };
    case "throttle":
      return {
        kind,
        times: wholeNumber(first, "how many attempts are throttled", 1, 1_000),
        faster: second === undefined ? THROTTLE_FASTER : wholeNumber(second, "how many times shorter", 1, 1_000_000),
      };
    case "slow":
      if (first !== "realistic") return { kind, ms: wholeNumber(first, "the milliseconds", 1, LONGEST_SLOW_MS) };
      return {
        kind: "realistic",
        faster: second === undefined ? REALISTIC_FASTER : wholeNumber(second, "how many times shorter", 1, 1_000_000),
      };
    case "die":
    case "kill":
      return { kind, moment: momentOf(first ?? "before") };
    case undefined:
    default:
      throw new Mistake(`"${kind ?? ""}" is none of ${EFFECTS}`);
  }
}

function attributeName(text: string | undefined): string {
  if (!/^[a-z][a-z0-9_]*$/.test(text ?? ""))
    throw new Mistake(`"${text ?? ""}" is no attribute; write one of the type's own like task_definition`);
  return text ?? "";
}

function errorCode(code: string): string {
  if (!/^[A-Z][A-Za-z0-9.]*$/.test(code))
    throw new Mistake(`"${code}" is no error code of AWS; write one like AccessDenied`);
  if (THROTTLING.test(code))
    throw new Mistake(`the provider tries again on ${code}; write throttle:<attempts> in place of fail:${code}`);
  return code;
}

function momentOf(text: string): Moment {
  if (text !== "before" && text !== "after") throw new Mistake(`"${text}" is neither before nor after`);
  return text;
}

function wholeNumber(text: string | undefined, what: string, least: number, most: number): number {
  const value = /^\d{1,9}$/.test(text ?? "") ? Number(text) : NaN;
  if (!(value >= least && value <= most))
    throw new Mistake(`${what} must be a whole number from ${least} to ${most}, got "${text ?? ""}"`);
  return value;
}

/** Whether the call works all the same, only later. */
export const isDelay = ({ kind }: Effect): boolean => kind === "slow" || kind === "realistic";

/** Faults that could not happen, or from which no apply would ever recover. */
function refuseMeaningless({ call, type, at, effect }: Fault): void {
  const { kind } = effect;
  const waits = isDelay(effect) || kind === "throttle";
  if (call === "any" && !isDelay(effect)) throw new Mistake(`"any" is for slow only; name the call`);
  if (at === "each" && !waits)
    throw new Mistake(`no apply would ever succeed if each call met "${kind}"; give a number`);
  if (call === "read" && kind === "lose") throw new Mistake("a read changes nothing, so nothing is lost; write fail");
  if (call === "read" && "moment" in effect && effect.moment === "after")
    throw new Mistake(`a read changes nothing, so before and after are the same; write ${kind}`);
  if (kind === "partial" && call !== "create" && call !== "update")
    throw new Mistake('"partial" is for create and update');
  if (kind === "revert" && (call !== "update" || type === "*"))
    throw new Mistake('"revert" is for the update of one type');
  if (type === "*" || type.startsWith("aws_") || kind === "die" || kind === "kill") return;
  throw new Mistake(`${type} is made without a call to AWS, so only die and kill can happen to it`);
}
