import type { AlarmSpec, MetricSeries } from "./alarm";

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
    readonly metrics: readonly Line[];
    /** @default - no threshold is drawn */
    readonly annotations?: { readonly horizontal: readonly Annotation[] };
    readonly yAxis: { readonly left: { readonly label: string; readonly min: number; readonly max?: number } };
  };
}

/** Namespace, metric, then names and values of dimensions in turn; or an expression over lines with an id. */
type Line = readonly (string | LineOptions)[];

interface LineOptions {
  readonly id?: string;
  readonly label?: string;
  readonly expression?: string;
  readonly visible?: boolean;
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
  /** What is drawn besides, without a threshold. @default - none */
  readonly graphs?: readonly MetricSeries[];
  /** ARNs of the alarms that exist; empty draws no list of their states. */
  readonly alarmArns: readonly string[];
  /** Log groups to look for errors in; empty draws no list of errors. */
  readonly logGroupNames: readonly string[];
}

const GRID_WIDTH = 24;
const PER_ROW = 3;
const ROW_HEIGHT = 6;
/** A title, and two units for each row of eight states. */
const statusHeight = (alarms: number): number => 1 + 2 * Math.ceil(alarms / 8);

/** The widgets from top to bottom: states of the alarms, a graph for each alarm's metric and each other one, the last errors. */
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
  const place = { x: 0, y: 0, width: GRID_WIDTH, height: statusHeight(alarmArns.length) };
  return [{ type: "alarm", ...place, properties: { title: "Alarms", alarms: alarmArns } }];
}

function metricGraphs({ alarms, graphs = [], region }: DashboardInput, top: number): MetricWidget[] {
  const width = GRID_WIDTH / PER_ROW;
  return byTitle([...alarms, ...graphs]).map(([first, ...others], index) => ({
    type: "metric",
    x: (index % PER_ROW) * width,
    y: top + Math.floor(index / PER_ROW) * ROW_HEIGHT,
    width,
    height: ROW_HEIGHT,
    properties: {
      title: first.title,
      region,
      view: "timeSeries",
      stacked: false,
      stat: first.statistic,
      period: first.periodSeconds,
      metrics: [first, ...others].flatMap(lines),
      ...thresholds([first, ...others]),
      yAxis: { left: { label: first.unit, min: 0, ...(first.unit === "%" ? { max: 100 } : {}) } },
    },
  }));
}

type Drawn = MetricSeries | AlarmSpec;

/** What has the same title, in the order of the first of each. */
function byTitle(all: readonly Drawn[]): [Drawn, ...Drawn[]][] {
  const groups = new Map<string, [Drawn, ...Drawn[]]>();
  for (const one of all) {
    const group = groups.get(one.title);
    if (group) group.push(one);
    else groups.set(one.title, [one]);
  }
  return [...groups.values()];
}

/** The lines of one metric; a difference is a third line over two that are not shown. */
function lines(drawn: Drawn, index: number): Line[] {
  const { namespace, metric, minus, series } = drawn;
  const place = Object.entries(drawn.dimensions).flat();
  if (minus === undefined) return [[namespace, metric, ...place, ...(series === undefined ? [] : [{ label: series }])]];
  const [first, second] = [`first${index}`, `second${index}`];
  return [
    [namespace, metric, ...place, { id: first, visible: false }],
    [namespace, minus, ...place, { id: second, visible: false }],
    [{ expression: `${first} - ${second}`, label: series ?? `${metric} - ${minus}` }],
  ];
}

/** The thresholds of a graph's alarms; one line for those that are equal. */
function thresholds(drawn: readonly Drawn[]): Pick<MetricWidget["properties"], "annotations"> {
  const found = drawn.flatMap((one) => ("threshold" in one ? [threshold(one)] : []));
  const different = found.filter(
    ({ value, fill }, index) => found.findIndex((other) => other.value === value && other.fill === fill) === index,
  );
  return different.length === 0 ? {} : { annotations: { horizontal: different } };
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
