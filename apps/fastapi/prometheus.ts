/** Where Prometheus reads its configuration in its container. */
export const PROMETHEUS_FILE = "/etc/prometheus/prometheus.yml";

/** Asks the app for its metrics inside the host's network, where the proxy does not stand in the way. */
export const PROMETHEUS_CONFIG = `global:
  scrape_interval: 15s
scrape_configs:
  - job_name: fastapi
    metrics_path: /metrics
    static_configs:
      - targets: ["app:8000"]
`;
