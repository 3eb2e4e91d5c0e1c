/** The existing systems in the shapes that a person turns on: what is optional, and a proxy in place of a direct port. */
import { describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { fastapi } from "../../apps/fastapi";
import { rex } from "../../apps/rex";
import type { ComposeFile } from "../../modules/containers/compose";
import { hostConfig } from "../../modules/host/config";
import { type AppInput, defineApp, formatProblem, resolveApps, type ResolvedApp } from "../../modules/spec";
import { hostInput } from "../helpers/fixtures";

function resolved(input: AppInput): ResolvedApp {
  const { stacks, problems } = resolveApps([defineApp(input)]);
  expect(problems.map(formatProblem)).toEqual([]);
  if (!stacks[0]) throw new Error("no stack");
  return stacks[0].app;
}

const filesOf = (input: AppInput): Record<string, string> =>
  Object.fromEntries(hostConfig(hostInput(resolved(input))).map(({ path, content }) => [path, content]));
const composeOf = (files: Record<string, string>) => parseYaml(files["compose.yaml"] ?? "") as ComposeFile;

/** The app with these services on. */
function turnedOn({ input }: { input: AppInput }, ...names: string[]): AppInput {
  const on = Object.entries(input.services).map(([name, one]) => [
    name,
    names.includes(name) ? { ...one, enabled: true } : one,
  ]);
  return { ...input, services: Object.fromEntries(on) as AppInput["services"] };
}

describe("FastAPI with Prometheus and Grafana", () => {
  const app = turnedOn(fastapi, "prometheus", "grafana");
  const files = filesOf(app);
  const { services } = composeOf(files);
  /** The content of a file as a container sees it. */
  const inContainer = (service: string, path: string): string => {
    const source = services[service]?.volumes?.find(({ target }) => target === path)?.source ?? "";
    return files[source.replace("/opt/fastapi/", "")] ?? "";
  };

  test("both are off by default, with their files, folders and password", () => {
    const off = filesOf(fastapi.input);
    expect(Object.keys(composeOf(off).services)).toEqual(["app", "job-migrate", "proxy"]);
    expect(Object.keys(off).filter((path) => path.startsWith("files/"))).toEqual([]);
    expect(JSON.stringify(off)).not.toMatch(/grafana|prometheus/i);
  });

  test("neither has a public port, a route or a way to the database", () => {
    for (const name of ["prometheus", "grafana"]) {
      expect(services[name]).not.toHaveProperty("ports");
      expect(services[name]?.networks).toEqual(["edge"]);
      expect(files["caddy/Caddyfile"]).not.toContain(name);
    }
    expect(files["secrets.json"]).toMatch(
      /"path": "\/run\/fastapi\/env\/grafana.env",\s+"variables": \{\s+"GF_SECURITY_ADMIN_PASSWORD"/,
    );
    expect(resolved(app).secrets.GRAFANA_ADMIN_PASSWORD).toMatchObject({ source: "generated", bytes: 18 });
  });

  test("Prometheus asks the app for /metrics every 15 seconds, where no proxy closes it", () => {
    expect(parseYaml(inContainer("prometheus", "/etc/prometheus/prometheus.yml"))).toEqual({
      global: { scrape_interval: "15s" },
      scrape_configs: [{ job_name: "fastapi", metrics_path: "/metrics", static_configs: [{ targets: ["app:8000"] }] }],
    });
    expect(services.prometheus?.volumes?.[0]).toMatchObject({ target: "/prometheus" });
    expect(files["tmpfiles.conf"]).toContain("\nd /opt/fastapi/data/volumes/prometheus/metrics 0700 65534 65534 -\n");
  });

  test("Grafana finds the data source and a dashboard with every metric of the exporter", () => {
    const source = parseYaml(inContainer("grafana", "/etc/grafana/provisioning/datasources/prometheus.yaml")) as {
      datasources: object[];
    };
    expect(source.datasources).toMatchObject([
      { uid: "prometheus", type: "prometheus", url: "http://prometheus:9090" },
    ]);
    const provider = inContainer("grafana", "/etc/grafana/provisioning/dashboards/files.yaml");
    expect(provider).toContain("path: /etc/grafana/dashboards\n");

    const dashboard = JSON.parse(inContainer("grafana", "/etc/grafana/dashboards/fastapi.json")) as {
      panels: { id: number; title: string; targets: { expr: string; datasource: object }[] }[];
    };
    const targets = dashboard.panels.flatMap((panel) => panel.targets);
    for (const metric of ["requests_total", "request_duration_seconds_bucket", "requests_in_progress"]) {
      expect(targets.filter(({ expr }) => expr.includes(`starlette_${metric}{`))).not.toEqual([]);
    }
    for (const { expr, datasource } of targets) {
      expect(expr).toContain('job="fastapi"');
      expect(datasource).toMatchObject({ uid: "prometheus" });
    }
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  });
});

describe("Rex", () => {
  test("with its frontend, which only the same clients reach", () => {
    const { services } = composeOf(filesOf(turnedOn(rex, "frontend")));
    expect(services.frontend?.ports).toEqual(["80:3000"]);
    expect(services.frontend?.networks).toEqual(["edge"]);
  });

  test("with a domain: the proxy is what is public, and no port bypasses it", () => {
    const { api, ...others } = rex.input.services;
    const files = filesOf({
      ...rex.input,
      services: {
        ...others,
        api: { ...api, image: { build: {} }, hostPort: undefined, route: { hosts: ["api.rex.example"] } },
      },
      dns: { domain: "rex.example" },
      ingress: { proxy: "caddy" },
    });
    const { services } = composeOf(files);
    const publishing = Object.entries(services).filter(([, service]) => service.ports);
    expect(publishing.map(([name]) => name)).toEqual(["proxy"]);
    expect(files["caddy/Caddyfile"]).toContain("\napi.rex.example {\n");
    expect(files["caddy/Caddyfile"]).not.toContain("supertokens");
  });
});
