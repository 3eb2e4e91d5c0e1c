import { describe, expect, test } from "vitest";
import type { AlarmSpec } from "../../modules/observability/alarm";
import { dashboardBody, type Widget } from "../../modules/observability/dashboard-body";
import { alarmsOf, HOST_VARIANTS, PLAIN_ALARM } from "./fixtures";

const ofType = <T extends Widget["type"]>(all: readonly Widget[], type: T) =>
  all.filter((widget): widget is Extract<Widget, { type: T }> => widget.type === type);

function widgets(
  alarms: readonly AlarmSpec[],
  rest: { alarmArns?: readonly string[]; logGroupNames?: readonly string[] } = {},
): readonly Widget[] {
  return dashboardBody({ region: "eu-central-1", alarms, alarmArns: [], logGroupNames: [], ...rest }).widgets;
}

describe("a graph for every alarm's metric", () => {
  test.each(HOST_VARIANTS)("%s", (_what, app) => {
    const alarms = Object.values(alarmsOf(app));
    const graphs = ofType(widgets(alarms), "metric");
    expect(graphs).toHaveLength(alarms.length);
    for (const alarm of alarms) {
      const series = [alarm.namespace, alarm.metric, ...Object.entries(alarm.dimensions).flat()];
      const graph = graphs.find(({ properties }) => properties.title === alarm.title);
      expect(graph?.properties).toMatchObject({
        region: "eu-central-1",
        metrics: [series],
        stat: alarm.statistic,
        period: alarm.periodSeconds,
        annotations: { horizontal: [{ value: alarm.threshold }] },
      });
    }
  });

  test("a series names its dimensions in pairs, as CloudWatch wants it", () => {
    const [graph] = ofType(widgets([PLAIN_ALARM]), "metric");
    expect(graph?.properties.metrics).toEqual([["shop/mvp", "QueueDepth", "Stack", "shop-mvp", "Queue", "mail"]]);
  });

  test.each([
    ["GreaterThanThreshold", "above"],
    ["GreaterThanOrEqualToThreshold", "above"],
    ["LessThanThreshold", "below"],
    ["LessThanOrEqualToThreshold", "below"],
  ] as const)("%s colours the side %s the line", (comparison, fill) => {
    const [graph] = ofType(widgets([{ ...PLAIN_ALARM, comparison }]), "metric");
    expect(graph?.properties.annotations?.horizontal).toEqual([{ label: "Alarm", value: 12.5, fill }]);
  });

  test("what has the same title shares a graph, with a line each and each threshold once", () => {
    const line = (series: string, threshold: number) => ({ ...PLAIN_ALARM, key: series, series, threshold });
    const [graph, ...others] = ofType(widgets([line("mail", 12.5), line("sms", 12.5), line("fax", 3)]), "metric");
    expect(others).toEqual([]);
    expect(graph?.properties.metrics.map((metric) => metric.at(-1))).toEqual([
      { label: "mail" },
      { label: "sms" },
      { label: "fax" },
    ]);
    expect(graph?.properties.annotations?.horizontal.map(({ value }) => value)).toEqual([12.5, 3]);
  });

  test("a difference is drawn over two metrics that are not shown, apart for each line", () => {
    const wanted = { ...PLAIN_ALARM, dimensions: {}, metric: "Wanted", minus: "Running" };
    const [graph] = ofType(
      widgets([
        { ...wanted, series: "a" },
        { ...wanted, series: "b" },
      ]),
      "metric",
    );
    expect(graph?.properties.metrics).toEqual([
      ["shop/mvp", "Wanted", { id: "first0", visible: false }],
      ["shop/mvp", "Running", { id: "second0", visible: false }],
      [{ expression: "first0 - second0", label: "a" }],
      ["shop/mvp", "Wanted", { id: "first1", visible: false }],
      ["shop/mvp", "Running", { id: "second1", visible: false }],
      [{ expression: "first1 - second1", label: "b" }],
    ]);
  });

  test("percent runs from 0 to 100, other units from 0 to what comes", () => {
    const axis = (unit: string) => ofType(widgets([{ ...PLAIN_ALARM, unit }]), "metric")[0]?.properties.yAxis.left;
    expect(axis("%")).toEqual({ label: "%", min: 0, max: 100 });
    expect(axis("jobs")).toEqual({ label: "jobs", min: 0 });
  });
});

describe("states of alarms", () => {
  test("are listed first", () => {
    const all = widgets([PLAIN_ALARM], { alarmArns: ["arn:one", "arn:two"] });
    expect(all[0]).toMatchObject({ type: "alarm", y: 0, properties: { alarms: ["arn:one", "arn:two"] } });
  });

  test("have room for all of them", () => {
    const height = (count: number) =>
      widgets([], { alarmArns: Array.from({ length: count }, (_, i) => `arn:${i}`) })[0]?.height;
    expect([height(1), height(8), height(9), height(24)]).toEqual([3, 3, 5, 7]);
  });

  test("are left out when there are no alarms: CloudWatch refuses an empty list", () => {
    expect(ofType(widgets([PLAIN_ALARM]), "alarm")).toEqual([]);
  });
});

describe("last errors", () => {
  test("are looked for in every log group", () => {
    const [log] = ofType(widgets([], { logGroupNames: ["/shop/mvp/api", "/shop/mvp/worker"] }), "log");
    expect(log?.properties.query).toBe(
      "SOURCE '/shop/mvp/api' | SOURCE '/shop/mvp/worker' | fields @timestamp, @log, @message" +
        " | filter @message like /(?i)(error|fatal|panic|exception)/ | sort @timestamp desc | limit 50",
    );
  });

  test("are left out when logs stay on the host", () => {
    expect(ofType(widgets([PLAIN_ALARM]), "log")).toEqual([]);
  });
});

describe("layout", () => {
  const cells = ({ x, y, width, height }: Widget): string[] =>
    Array.from({ length: width * height }, (_, i) => `${x + (i % width)},${y + Math.floor(i / width)}`);

  test.each([1, 3, 4, 8])("%i graphs: everything within 24 columns, nothing on top of another", (count) => {
    const alarms = Array.from({ length: count }, (_, i) => ({ ...PLAIN_ALARM, key: `k${i}`, title: `t${i}` }));
    const all = widgets(alarms, { alarmArns: ["arn:one"], logGroupNames: ["/shop/mvp/api"] });
    expect(all).toHaveLength(count + 2);
    const taken = all.flatMap(cells);
    expect(new Set(taken).size).toBe(taken.length);
    for (const { x, width } of all) expect(x + width).toBeLessThanOrEqual(24);
  });

  test("an empty dashboard is an empty list", () => {
    expect(dashboardBody({ region: "eu-central-1", alarms: [], alarmArns: [], logGroupNames: [] })).toEqual({
      start: "-PT24H",
      periodOverride: "inherit",
      widgets: [],
    });
  });
});
