/** What judges read and what they hand back. */

/** One fault that a checker found. */
export interface Finding {
  /** The checker's own id for it, such as CKV_AWS_8 or E3030. */
  readonly id: string;
  /** The address of what is at fault, as exactly as the checker tells it. */
  readonly where: string;
  readonly text: string;
}

/** The result of one checker on one input. */
export interface Evaluation {
  /** How many things were looked at, in the judge's unit. Zero is a failure: nothing was judged. */
  readonly evaluated: number;
  readonly findings: readonly Finding[];
  /** Facts worth printing beside the counts. */
  readonly notes: readonly string[];
}

/** Something to judge, as it ships or with a planted fault. */
export interface Input {
  /** Unique in a run, usable as a folder name. */
  readonly label: string;
  /** The `cdk.tf.json` of a synthesized stack; for judges of sources, the folder that holds them. */
  readonly file: string;
}

/** Somebody else's checker. */
export interface Judge {
  /** Unique; planted faults name it. */
  readonly name: string;
  /** The name under which exceptions speak of it; judges that share a tool share its exceptions. */
  readonly tool: string;
  /** What `evaluated` counts. */
  readonly unit: string;
  /** Whether it reads synthesized stacks, or files as they stand in the repository. @default "stacks" */
  readonly docket?: "stacks" | "sources";
  /** Why it cannot run on this machine; undefined when it can. */
  unavailable?(): Promise<string | undefined>;
  /** Whether an input holds what it judges; one that does not is named in the verdict. @default - every input does */
  reads?(input: Input): boolean;
  /** The least number of things that an honest run over a shipped input evaluates. */
  floor(input: Input): number;
  /** Evaluates every input; a judge that cannot judge one throws. */
  evaluate(inputs: readonly Input[]): Promise<ReadonlyMap<string, Evaluation>>;
}

/** The outcome of one judge, ready to be printed. */
export interface Verdict {
  readonly name: string;
  readonly status: "passed" | "failed" | "skipped";
  /** What was evaluated, excepted and caught. */
  readonly details: readonly string[];
  /** Everything that makes it fail, or the reason of a skip. */
  readonly problems: readonly string[];
}
