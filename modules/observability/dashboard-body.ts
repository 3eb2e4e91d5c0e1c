import type { AlarmSpec } from "./alarm";

/** A dashboard as CloudWatch's "Dashboard Body Structure and Syntax" describes it, as far as it is used here. */
export interface DashboardBody {
  /** Time range that is shown first. */
  readonly start: string;
  /** "inherit": every widget keeps its own period. */
  readonly periodOverride: "inherit";
  readonly widgets: readonly Widget[];
}

export type Widget = AlarmStatusWidget | MetricWidget | LogWidget;

/** Place on a grid that is 24 units wide. */
interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface AlarmStatusWidget extends Place {
  readonly type: "alarm";
  readonly properties: { readonly title: string; readonly alarms: readonly string[] };
}

interface MetricWidget extends Place {
  readonly type: "metric";
  readonly properties: {
    readonly title: string;
    readonly region: string;
    readonly view: "timeSeries";
    readonly stacked: false;
    readonly stat: AlarmSpec["statistic"];
    readonly period: number;
    /** Namespace, metric, then names and values of dimensions in turn. */
    readonly metrics: readonly (readonly string[])[];
    readonly annotations: { readonly horizontal: readonly Annotation[] };
    readonly yAxis: { readonly left: { readonly label: string; readonly min: number; readonly max?: number } };
  };
}

interface Annotation {
  readonly label: string;
  readonly value: number;
  /** Side of the line that is coloured: where the alarm rings. */
  readonly fill: "above" | "below";
}

interface LogWidget extends Place {
  readonly type: "log";
  readonly properties: {
    readonly title: string;
    readonly region: string;
    readonly view: "table";
    readonly query: string;
  };
}

export interface DashboardInput {
  readonly region: string;
  /** A widget is drawn for each, whether the alarm itself exists or not. */
  readonly alarms: readonly AlarmSpec[];
  /** ARNs of the alarms that exist; empty draws no list of their states. */
  readonly alarmArns: readonly string[];
  /** Log groups to look for errors in; empty draws no list of errors. */
  readonly logGroupNames: readonly string[];
}

const GRID_WIDTH = 24;
const PER_ROW = 3;
const ROW_HEIGHT = 6;
const STATUS_HEIGHT = 3;

/** The widgets from top to bottom: states of the alarms, a graph for each alarm's metric, the last errors. */
export function dashboardBody(input: DashboardInput): DashboardBody {
  const status = alarmStatus(input);
  const graphs = metricGraphs(input, bottom(status));
  return {
    start: "-PT24H",
    periodOverride: "inherit",
    widgets: [...status, ...graphs, ...lastErrors(input, bottom([...status, ...graphs]))],
  };
}

const bottom = (widgets: readonly Place[]): number => Math.max(0, ...widgets.map(({ y, height }) => y + height));

function alarmStatus({ alarmArns }: DashboardInput): AlarmStatusWidget[] {
  if (alarmArns.length === 0) return [];
  const place = { x: 0, y: 0, width: GRID_WIDTH, height: STATUS_HEIGHT };
  return [{ type: "alarm", ...place, properties: { title: "Alarms", alarms: alarmArns } }];
}

function metricGraphs({ alarms, region }: DashboardInput, top: number): MetricWidget[] {
  const width = GRID_WIDTH / PER_ROW;
  return alarms.map((alarm, index) => ({
    type: "metric",
    x: (index % PER_ROW) * width,
    y: top + Math.floor(index / PER_ROW) * ROW_HEIGHT,
    width,
    height: ROW_HEIGHT,
    properties: {
      title: alarm.title,
      region,
      view: "timeSeries",
      stacked: false,
      stat: alarm.statistic,
      period: alarm.periodSeconds,
      metrics: [[alarm.namespace, alarm.metric, ...Object.entries(alarm.dimensions).flat()]],
      annotations: { horizontal: [threshold(alarm)] },
      yAxis: { left: { label: alarm.unit, min: 0, ...(alarm.unit === "%" ? { max: 100 } : {}) } },
    },
  }));
}

const threshold = ({ threshold: value, comparison }: AlarmSpec): Annotation => ({
  label: "Alarm",
  value,
  fill: comparison.startsWith("Greater") ? "above" : "below",
});

function lastErrors({ logGroupNames, region }: DashboardInput, top: number): LogWidget[] {
  if (logGroupNames.length === 0) return [];
  const query = [
    ...logGroupNames.map((name) => `SOURCE '${name}'`),
    "fields @timestamp, @log, @message",
    "filter @message like /(?i)(error|fatal|panic|exception)/",
    "sort @timestamp desc",
    "limit 50",
  ].join(" | ");
  const place = { x: 0, y: top, width: GRID_WIDTH, height: ROW_HEIGHT };
  return [{ type: "log", ...place, properties: { title: "Last errors in the logs", region, view: "table", query } }];
}
