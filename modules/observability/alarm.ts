/**
 * One alarm as data: what CloudWatch watches, when it rings, and what the person who gets the mail should know. The alarm
 * and its widget on the dashboard are both made from it, so that they cannot differ.
 */
export interface AlarmSpec {
  /** Part of the logical id and of the name: short, fixed, kebab-case. */
  readonly key: string;
  /** What is watched, in a few words; the widget's title. */
  readonly title: string;
  /** What it means and what to do first, at most 1024 characters. Part of the mail. */
  readonly description: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: "Average" | "Maximum" | "Minimum" | "Sum";
  /** Seconds that one data point covers: a multiple of 60. */
  readonly periodSeconds: number;
  /**
   * Periods that are looked at. Together they may cover one day, or seven days when a period is an hour or more.
   */
  readonly evaluationPeriods: number;
  /** Periods among them that must be bad. @default - all of them */
  readonly datapointsToAlarm?: number;
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
  /** Unit of metric and threshold, as the label of the widget's axis. */
  readonly unit: string;
}
