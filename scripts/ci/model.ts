/** A GitHub workflow as an object; its keys come out in the order in which they stand. */

/** A value with a remark behind it in the file. */
export class Remarked {
  constructor(
    readonly value: string,
    readonly remark: string,
  ) {}
}

export const remarked = (value: string, remark: string): Remarked => new Remarked(value, remark);

export interface Step {
  readonly name: string;
  readonly id?: string;
  readonly if?: string;
  readonly uses?: Remarked;
  readonly with?: Readonly<Record<string, string | boolean | number>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly "working-directory"?: string;
  readonly run?: string;
}

/** Rights of a job's token, each with what it is for. */
export type Permissions = Readonly<Record<string, Remarked>>;

export interface Job {
  readonly name: string;
  readonly needs?: readonly string[];
  readonly if?: string;
  readonly "runs-on": string;
  readonly environment?: string;
  readonly "timeout-minutes"?: number;
  readonly permissions: Permissions;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly defaults?: { readonly run: Readonly<Record<string, string>> };
  readonly steps: readonly Step[];
}

export interface Workflow {
  readonly name: string;
  readonly on: Readonly<Record<string, unknown>>;
  /** Nothing for all jobs: each says what it needs. */
  readonly permissions: Permissions;
  readonly concurrency: { readonly group: string; readonly "cancel-in-progress": boolean | string };
  readonly defaults: { readonly run: { readonly shell: "bash" } };
  readonly jobs: Readonly<Record<string, Job>>;
}

/** An expression of GitHub. Only ever a value of its own, never inside a script. */
export const expression = (text: string): string => `\${{ ${text} }}`;
