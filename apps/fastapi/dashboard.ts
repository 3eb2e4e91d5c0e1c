const DATA_SOURCE = { type: "prometheus", uid: "prometheus" };

interface Panel {
  readonly title: string;
  /** Grafana's name of the unit. */
  readonly unit: string;
  /** What each line is called, and the query that gives it. */
  readonly lines: Readonly<Record<string, string>>;
}

const REQUESTS = 'rate(starlette_requests_total{job="fastapi"}[1m])';
const FAILURES = 'rate(starlette_requests_total{job="fastapi",status_code=~"5.."}[1m])';
const DURATIONS = (part: string) => `rate(starlette_request_duration_seconds_${part}{job="fastapi"}[1m])`;
const quantile = (share: number) => `histogram_quantile(${share}, sum by (le) (${DURATIONS("bucket")}))`;

/** Metrics as the app's exporter (starlette-exporter) names them. */
const PANELS: readonly Panel[] = [
  {
    title: "Requests per second",
    unit: "reqps",
    lines: { "{{method}} {{path}} {{status_code}}": `sum by (method, path, status_code) (${REQUESTS})` },
  },
  {
    title: "Share of failed requests",
    unit: "percentunit",
    lines: { "5xx": `(sum(${FAILURES}) or vector(0)) / sum(${REQUESTS})` },
  },
  {
    title: "Duration of requests",
    unit: "s",
    lines: {
      average: `sum(${DURATIONS("sum")}) / sum(${DURATIONS("count")})`,
      median: quantile(0.5),
      "95 %": quantile(0.95),
    },
  },
  {
    title: "Requests in progress",
    unit: "short",
    lines: { "in progress": 'sum(starlette_requests_in_progress{job="fastapi"})' },
  },
  { title: "App answers Prometheus", unit: "bool_yes_no", lines: { app: 'up{job="fastapi"}' } },
];

const WIDTH = 12;
const HEIGHT = 8;

function graph({ title, unit, lines }: Panel, index: number): object {
  return {
    id: index + 1,
    type: "timeseries",
    title,
    datasource: DATA_SOURCE,
    gridPos: { x: (index % 2) * WIDTH, y: Math.floor(index / 2) * HEIGHT, w: WIDTH, h: HEIGHT },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    targets: Object.entries(lines).map(([legendFormat, expr], line) => ({
      refId: String.fromCharCode("A".charCodeAt(0) + line),
      datasource: DATA_SOURCE,
      expr,
      legendFormat,
    })),
  };
}

/** The dashboard as Grafana's provisioning reads it. */
export const DASHBOARD = `${JSON.stringify(
  {
    uid: "fastapi",
    title: "FastAPI",
    schemaVersion: 39,
    editable: false,
    refresh: "15s",
    time: { from: "now-1h", to: "now" },
    panels: PANELS.map(graph),
  },
  null,
  2,
)}\n`;
