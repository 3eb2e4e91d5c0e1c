import type { IResolvable } from "cdktf";

/** One line of a graph as data. */
export interface MetricSeries {
  /** What is watched, in a few words; the graph's title. What has the same title is drawn into one graph. */
  readonly title: string;
  /** Which of several lines of a graph this is. @default - the metric's name */
  readonly series?: string;
  readonly namespace: string;
  readonly metric: string;
  /** A metric of the same place that is taken from the first. @default - none */
  readonly minus?: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** "p95": 95 of 100 samples are at most so large. */
  readonly statistic: "Average" | "Maximum" | "Minimum" | "Sum" | "SampleCount" | "p95";
  /** Seconds that one data point covers: a multiple of 60. */
  readonly periodSeconds: number;
  /** Unit of metric and threshold, as the label of the graph's axis. */
  readonly unit: string;
}

/**
 * One alarm as data: what CloudWatch watches, when it rings, and what the person who gets the mail should know. The alarm
 * and its widget on the dashboard are both made from it, so that they cannot differ.
 */
export interface AlarmSpec extends MetricSeries {
  /** Part of the logical id and of the name: short, fixed, kebab-case. */
  readonly key: string;
  /** What it means and what to do first, at most 1024 characters. Part of the mail. */
  readonly description: string;
  /**
   * Periods that are looked at. Together they may cover one day, or seven days when a period is an hour or more.
   */
  readonly evaluationPeriods: number;
  /** Periods among them that must be bad. @default - all of them */
  readonly datapointsToAlarm?: number;
  /** May be a reference. */
  readonly threshold: number;
  readonly comparison:
    "GreaterThanThreshold" | "GreaterThanOrEqualToThreshold" | "LessThanThreshold" | "LessThanOrEqualToThreshold";
  /**
   * What a period without data counts as. "missing" leads to the state INSUFFICIENT_DATA; "breaching" rings, also
   * right after the alarm is made, because CloudWatch does not know when a metric was meant to begin.
   */
  readonly treatMissing: "missing" | "notBreaching" | "breaching" | "ignore";
  /**
   * Whether mail goes out when the data stops, that is, on the change to INSUFFICIENT_DATA. A new alarm begins in that
   * state and does not change to it, so this stays quiet while a host boots for the first time. @default false
   */
  readonly notifyWhenSilent?: boolean;
  /**
   * While this is false the alarm tells nobody: for what a switch of the stack stops on purpose. @default - always true
   */
  readonly activeWhile?: IResolvable | boolean;
}
