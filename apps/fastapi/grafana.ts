import { DASHBOARD } from "./dashboard";

const DATA_SOURCE = `apiVersion: 1
datasources:
  - name: Prometheus
    uid: prometheus
    type: prometheus
    access: proxy
    url: http://prometheus:9090
    isDefault: true
    editable: false
    jsonData:
      timeInterval: 15s
`;

const DASHBOARDS = "/etc/grafana/dashboards";

const DASHBOARD_PROVIDER = `apiVersion: 1
providers:
  - name: files
    type: file
    allowUiUpdates: false
    options:
      path: ${DASHBOARDS}
`;

/** What Grafana finds at its start: where the numbers are, and the dashboard that shows them. */
export const GRAFANA_FILES: Readonly<Record<string, string>> = {
  "/etc/grafana/provisioning/datasources/prometheus.yaml": DATA_SOURCE,
  "/etc/grafana/provisioning/dashboards/files.yaml": DASHBOARD_PROVIDER,
  [`${DASHBOARDS}/fastapi.json`]: DASHBOARD,
};
