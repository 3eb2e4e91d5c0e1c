/** Makes the calls of a provider fail, wait or die as the account's faults say. */
import type { Diagnostic } from "../contract";
import { error } from "../engine/diagnostics";
import { readFacts } from "../facts/load";
import { FaultRecord } from "./record";
import { type Call, type Effect, type Fault, faultText, isDelay } from "./spec";

/** One call of Terraform, and what can be done with it. */
export interface FaultyCall {
  call: Call;
  type: string;
  /** How often the provider tries a throttled call. */
  attempts: number;
  /** What AWS does: the answer to Terraform, and the object that is there afterwards. */
  carryOut(): Outcome;
  /** Takes an attribute of the object back to what it was before, and does so in the answer as well. */
  revert(attribute: string): (reply: object) => object;
  /** The answer that tells Terraform that nothing changed, with the reason. */
  refuse(why: Diagnostic): object;
}

export interface Outcome {
  reply: { diagnostics?: object[] };
  /** AWS refused: nothing changed. */
  refused: boolean;
  /** The object that the call made or changed, as an import names it. */
  object?: { id: string; importId: string };
}

/** What the faults need of the process that they happen in. */
export interface Host {
  sleep(ms: number): Promise<void>;
  /** Ends this process at once. */
  die(): void;
  /** Ends Terraform's process at once. @throws Error when it cannot be found */
  killTerraform(): void;
}

export interface InjectorOptions {
  faults: readonly Fault[];
  /** Folder of the account. */
  dir: string;
  host: Host;
  log: (line: string) => void;
}

type Durations = { seconds: Record<string, Partial<Record<Call, number>>>; otherwise: number };

const VERBS: Record<Call, string> = { create: "creating", read: "reading", update: "updating", delete: "deleting" };

/** Milliseconds without a call after which Terraform has nothing more to write. */
const SETTLE_MS = 1_000;

const NEVER = new Promise<never>(() => undefined);

export class FaultInjector {
  /** Calls that are not answered yet, and those of them that never will be. */
  private open = 0;
  private held = 0;
  private lastAnswer = 0;
  private readonly record: FaultRecord;
  private readonly codes = readFacts("error-codes.json") as Record<string, string>;
  private readonly durations = readFacts("durations.json") as Durations;

  constructor(private readonly options: InjectorOptions) {
    this.record = new FaultRecord(options.dir);
  }

  /** Answers one call, with the faults that it meets. */
  async answer(request: FaultyCall): Promise<object> {
    this.open += 1;
    try {
      return await this.meet(request);
    } finally {
      this.open -= 1;
      this.lastAnswer = performance.now();
    }
  }

  private async meet(request: FaultyCall): Promise<object> {
    const { call, type } = request;
    const met = this.record.count(this.options.faults, call, type);
    for (const fault of met) this.options.log(`fault ${faultText(fault)} meets ${call} of ${type}`);
    for (const { effect } of met.filter((fault) => isDelay(fault.effect)))
      await this.options.host.sleep(this.delay(effect, call, type));
    const fault = met.find((one) => !isDelay(one.effect));
    return fault ? this.happen(fault, request) : request.carryOut().reply;
  }

  private async happen(fault: Fault, request: FaultyCall): Promise<object> {
    const { effect } = fault;
    switch (effect.kind) {
      case "fail":
        return request.refuse(this.failure(fault, effect.code, request));
      case "throttle":
        return this.throttle(fault, effect, request);
      case "lose":
        return lose(fault, request);
      case "partial":
        return partial(fault, request);
      case "revert":
        return revert(effect.attribute, request);
      case "die":
      case "kill":
        return this.end(effect, request);
      case "slow":
      case "realistic":
    }
    return request.carryOut().reply;
  }

  private failure(fault: Fault, code: string, { call, type }: FaultyCall): Diagnostic {
    const words = this.codes[code] ?? "The request was refused.";
    return error(`${VERBS[call]} ${type}: ${code}: ${words}`, `${origin(fault)} AWS did nothing: apply again.`);
  }

  private async throttle(fault: Fault, effect: Effect & { kind: "throttle" }, request: FaultyCall): Promise<object> {
    const { call, type, attempts } = request;
    const failed = Math.min(effect.times, attempts);
    for (let attempt = 1; attempt <= failed; attempt++) {
      this.options.log(`throttled ${call} of ${type}, attempt ${attempt} of ${attempts}`);
      if (attempt === attempts) return request.refuse(throttledOut(fault, request));
      const seconds = backoffSeconds(attempt - 1);
      this.record.addWait(fault, seconds);
      await this.options.host.sleep((seconds * 1_000) / effect.faster);
    }
    return request.carryOut().reply;
  }

  private async end(effect: Effect & { kind: "die" | "kill" }, request: FaultyCall): Promise<never> {
    this.held += 1;
    await this.settled();
    if (effect.moment === "after") request.carryOut();
    this.options.log(`${effect.kind} ${effect.moment} ${request.call} of ${request.type}`);
    if (effect.kind === "die") this.options.host.die();
    else this.options.host.killTerraform();
    return NEVER; // nobody is left who could answer, or who could hear it
  }

  /** Waits until nothing but held calls is under way, and Terraform has written down what it heard. */
  private async settled(): Promise<void> {
    const quiet = (): boolean => this.open === this.held && performance.now() - this.lastAnswer > SETTLE_MS;
    while (!quiet()) await this.options.host.sleep(SETTLE_MS / 10);
  }

  private delay(effect: Effect, call: Call, type: string): number {
    if (effect.kind === "slow") return effect.ms;
    if (effect.kind !== "realistic") return 0;
    const { seconds, otherwise } = this.durations;
    return ((seconds[type]?.[call] ?? otherwise) * 1_000) / effect.faster;
  }
}

const origin = (fault: Fault): string => `The fault ${faultText(fault)} of this simulated run made this.`;

/** The change is made, and Terraform hears only that something went wrong. */
function lose(fault: Fault, request: FaultyCall): object {
  const { call, type } = request;
  const { reply, refused, object } = request.carryOut();
  if (refused) return reply;
  const detail =
    call === "create" && object
      ? `AWS made ${type} "${object.id}", and Terraform's state does not know it. Give it to its resource before the ` +
        `next apply: terraform import <address> '${object.importId}'`
      : "AWS did what it was asked; the next apply sees it.";
  const summary = `${VERBS[call]} ${type}: request send failed: connection reset by peer`;
  return request.refuse(error(summary, `${origin(fault)} ${detail}`));
}

/** The change is made, Terraform is told so, and that it is not finished. */
function partial(fault: Fault, request: FaultyCall): object {
  const { call, type } = request;
  const { reply, refused, object } = request.carryOut();
  if (refused) return reply;
  const { summary, detail } = error(
    `waiting for ${type} (${object?.id ?? ""}) ${call}: unexpected state 'failed', wanted target 'available'`,
    `${origin(fault)} ${call === "create" ? "The next apply replaces it: it is tainted." : "Apply again."}`,
  );
  return { ...reply, diagnostics: [...(reply.diagnostics ?? []), { severity: 1, summary, detail }] };
}

/** The change is made and taken back in part, and AWS says that all is well. */
function revert(attribute: string, request: FaultyCall): object {
  const { reply, refused } = request.carryOut();
  return refused ? reply : request.revert(attribute)(reply);
}

function throttledOut(fault: Fault, { call, type, attempts }: FaultyCall): Diagnostic {
  return error(
    `${VERBS[call]} ${type}: ThrottlingException: Rate exceeded, exceeded maximum number of attempts, ${attempts}`,
    `${origin(fault)} AWS did nothing: apply again later, with fewer calls at once (-parallelism=2).`,
  );
}

const FIRST_WAIT_SECONDS = 0.75;
const LONGEST_WAIT_SECONDS = 300;

/**
 * How long the AWS provider waits on average after a throttled attempt, counted from 0: 0.5 to 1 second, doubled each
 * time, and between 150 and 300 seconds where that would be longer. Source: the backoff of the provider's own
 * configuration, release 5 and later.
 */
function backoffSeconds(attempt: number): number {
  const doubled = FIRST_WAIT_SECONDS * 2 ** attempt;
  return doubled > LONGEST_WAIT_SECONDS ? LONGEST_WAIT_SECONDS * 0.75 : doubled;
}
