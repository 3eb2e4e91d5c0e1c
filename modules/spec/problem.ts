/** One mistake in an app's specification. The stack it belongs to is not built. */
export interface Problem {
  /** Id of the stack, or the app's name when the mistake hits all of its stacks. */
  readonly stack: string;
  /** Where the value stands, e.g. `services.api.port`. */
  readonly path: string;
  /** The value in words, shortened; never a secret. */
  readonly value: string;
  /** What is allowed there. */
  readonly allowed: string;
  /** What the author should do. */
  readonly fix: string;
}

/** Something that works but deserves a second look. The stack is built. */
export interface Warning {
  /** Id of the stack. */
  readonly stack: string;
  /** The field that it is about. */
  readonly path: string;
  readonly text: string;
}

/** A problem or a part of one before it is known which stack it belongs to. */
export type Finding = Omit<Problem, "stack">;

/** One line for a person: what, value, what is allowed, what to do. */
export function formatProblem(problem: Problem): string {
  return `${problem.stack}: ${problem.path} is ${problem.value}; allowed: ${problem.allowed}; ${problem.fix}`;
}

/** One line for a person. */
export function formatWarning(warning: Warning): string {
  return `${warning.stack}: ${warning.path}: ${warning.text}`;
}
