/** What the fastapi system asked of its pipeline, in the workflows that its specification gives. */
import { expect, test } from "vitest";
import { parse } from "yaml";
import { fastapi } from "../../apps/fastapi";
import { resolveApps } from "../../modules/spec";
import { type StackWithCi, workflowFiles } from "../../scripts/ci";
import { ROOT } from "../helpers/folders";

interface Step {
  name?: string;
  uses?: string;
  with?: Record<string, unknown>;
  run?: string;
}

const [stack] = resolveApps([fastapi]).stacks;
const texts = workflowFiles(stack as StackWithCi, ROOT).map(({ path, content = "" }) => [path, content] as const);
const jobs = (kind: string): Record<string, { needs?: string[]; steps: Step[] }> => {
  const [, text = ""] = texts.find(([path]) => path.endsWith(`/fastapi-ec2-${kind}.yml`)) ?? [];
  return (parse(text) as { jobs: Record<string, { needs?: string[]; steps: Step[] }> }).jobs;
};
const commands = (steps: readonly Step[] = []): string[] => steps.flatMap(({ run = "" }) => run.split("\n"));

test("the pipeline checks out, sets up Python 3.11, installs the requirements and runs pytest; a release waits for it", () => {
  const steps = jobs("test").test?.steps ?? [];
  expect(steps.map(({ uses = "", run }) => run ?? uses.replace(/@.*/, ""))).toEqual([
    "actions/checkout",
    "actions/setup-python",
    "python -m pip install -r requirements.txt",
    "pytest",
  ]);
  expect(steps[1]?.with).toEqual({ "python-version": "3.11" });
  expect(jobs("release").test?.steps).toEqual(steps);
  expect(jobs("release").release?.needs).toEqual(["test"]);
});

test("no key is stored, and what is deployed is named by its commit", () => {
  for (const [path, text] of texts) expect([path, text.match(/access-key|secrets\./g)]).toEqual([path, null]);
  const steps = jobs("release").release?.steps.filter(({ name }) => name !== "Deploy the earlier commit");
  const lines = commands(steps).filter((line) => line.includes("tiers -- release"));
  expect(lines.map((line) => line.split(" ").slice(5, 8).join(" "))).toEqual([
    "release build fastapi-ec2",
    "release push fastapi-ec2",
    "release deploy fastapi-ec2",
  ]);
  expect(lines.filter((line) => /--tag|latest|--allow-dirty/.test(line))).toEqual([]);
});

test("the schema is changed by a job of the host, never from the runner", () => {
  expect(stack?.app.jobs.migrate).toMatchObject({ command: ["alembic", "upgrade", "head"], when: "deploy" });
  for (const [path, text] of texts) expect([path, text.includes("alembic")]).toEqual([path, false]);
});

test("a release waits for the host and ends with a look at the app's health", () => {
  const names = jobs("release").release?.steps.map(({ name }) => name) ?? [];
  expect(names.slice(-5)).toEqual(["Push", "Wait for the host", "Deploy", "Deploy the earlier commit", "Smoke test"]);
});
