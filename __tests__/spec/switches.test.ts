import { describe, expect, test } from "vitest";
import { type AppInput, defineApp, formatProblem, resolveApps } from "../../modules/spec";

const API = { image: { reference: "ghcr.io/acme/api:1" }, port: 8080 };
const MINIMAL: AppInput = { name: "tiny-app", region: "eu-central-1", services: { api: API } };

const resolveOne = (input: AppInput) => {
  const { stacks, problems } = resolveApps([defineApp(input)]);
  expect(problems).toEqual([]);
  const [stack] = stacks;
  if (!stack) throw new Error("no stack");
  return stack;
};

describe("a service that is off", () => {
  const grafana = { ...API, secrets: ["GRAFANA_PASSWORD", "SHARED"], hostPort: 80, dependsOn: ["nothing"] };
  const withGrafana = (enabled: boolean): AppInput => ({
    ...MINIMAL,
    services: { api: { ...API, secrets: ["SHARED"] }, grafana: { ...grafana, enabled } },
    secrets: { GRAFANA_PASSWORD: {}, SHARED: {} },
  });

  test("is not there, with the secrets that nobody else lists, and no rule looks at it", () => {
    const { app } = resolveOne(withGrafana(false));
    expect(Object.keys(app.services)).toEqual(["api"]);
    expect(Object.keys(app.secrets)).toEqual(["DB_PASSWORD", "POSTGRES_PASSWORD", "SHARED"]);
    expect(resolveApps([defineApp(withGrafana(true))]).problems).toHaveLength(3);
  });

  test("is checked field by field all the same", () => {
    const wrong = { ...API, enabled: false, cpu: 1 };
    const { problems } = resolveApps([defineApp({ ...MINIMAL, services: { api: API, grafana: wrong } })]);
    expect(problems.map(({ path }) => path)).toEqual(["services.grafana.cpu"]);
  });

  test("can be turned on by an environment", () => {
    const environments = { staging: { services: { search: { enabled: true } } } };
    const services = { api: API, search: { ...API, enabled: false } };
    const { stacks, problems } = resolveApps([defineApp({ ...MINIMAL, services, environments })]);
    expect(problems).toEqual([]);
    expect(stacks.map(({ app }) => Object.keys(app.services))).toEqual([["api"], ["api", "search"]]);
  });

  test("an app whose services are all off has none", () => {
    const { problems } = resolveApps([defineApp({ ...MINIMAL, services: { api: { ...API, enabled: false } } })]);
    expect(problems.map(formatProblem)).toEqual([
      "tiny-app-mvp: services is an empty object; allowed: at least one service by name; add a service",
    ]);
  });
});

test("the file that says that a job has run once has a name by itself", () => {
  const job = { service: "api", command: ["x"] };
  const { app } = resolveOne({
    ...MINIMAL,
    jobs: {
      "plant-seeds": { ...job, when: "once" },
      admin: { ...job, when: "once", marker: ".admin" },
      other: { ...job, when: "deploy" },
    },
  });
  expect(Object.values(app.jobs).map(({ marker }) => marker)).toEqual([".plant-seeds-done", ".admin", undefined]);
});
