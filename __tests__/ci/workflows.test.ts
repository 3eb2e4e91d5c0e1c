import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { AppInput, ResolvedStack } from "../../modules/spec";
import { type StackWithCi, workflowFiles } from "../../scripts/ci";
import { ACTIONS } from "../../scripts/ci/actions";
import { ciStacks, plain, rich, staged } from "./apps";

const ROOT = process.cwd();

interface StepYaml {
  name: string;
  if?: string;
  uses?: string;
  with?: Record<string, unknown>;
  env?: Record<string, string>;
  run?: string;
}

interface JobYaml {
  name: string;
  if?: string;
  needs?: string[];
  environment?: string;
  "runs-on": string;
  "timeout-minutes": number;
  permissions: Record<string, string>;
  steps: StepYaml[];
}

interface WorkflowYaml {
  name: string;
  on: Record<string, { branches?: string[] } | { cron: string }[]>;
  permissions: Record<string, string>;
  concurrency: { group: string; "cancel-in-progress": boolean };
  jobs: Record<string, JobYaml>;
}

const stackOf = (stack: ResolvedStack | undefined): StackWithCi => {
  if (stack === undefined) throw new Error("the app has no stack");
  return stack as StackWithCi;
};

/** The files of the stacks of an app, by path. */
const textsOf = (input: AppInput): Map<string, string | undefined> =>
  new Map(
    ciStacks(input).flatMap((ci) =>
      ci.stacks.flatMap((stack) =>
        workflowFiles(stackOf(stack), ROOT).map(({ path, content }) => [path, content] as const),
      ),
    ),
  );

function workflow(input: AppInput, name: string): WorkflowYaml {
  const text = textsOf(input).get(`.github/workflows/${name}.yml`);
  if (text === undefined) throw new Error(`there is no ${name}`);
  return parse(text) as WorkflowYaml;
}

const ALL = [plain, rich, staged].flatMap((input) =>
  [...textsOf(input)].flatMap(([path, text]) =>
    text === undefined ? [] : [[`${input.name}: ${path}`, text] as const],
  ),
);
const jobsOf = (text: string): JobYaml[] => Object.values((parse(text) as WorkflowYaml).jobs);
const stepsOf = (text: string): StepYaml[] => jobsOf(text).flatMap(({ steps }) => steps);

test("a stack has four workflows, each environment its own, and no tests no workflow for them", () => {
  const names = (input: AppInput): string[] =>
    [...textsOf(input)].flatMap(([path, text]) => (text === undefined ? [] : [path.replace(/^.*\//, "")]));
  expect(names(rich)).toEqual(["store-test.yml", "store-plan.yml", "store-release.yml", "store-drift.yml"]);
  expect(names(staged)).toEqual([
    "shop-mvp-plan.yml",
    "shop-mvp-release.yml",
    "shop-mvp-drift.yml",
    "shop-mvp-staging-plan.yml",
    "shop-mvp-staging-release.yml",
    "shop-mvp-staging-drift.yml",
  ]);
});

test("the same specification gives the same bytes", () => {
  for (const input of [plain, rich, staged]) {
    expect([...textsOf(structuredClone(input))]).toEqual([...textsOf(input)]);
  }
});

describe.each(ALL)("%s", (_, text) => {
  const parsed = parse(text) as WorkflowYaml;

  test("says who wrote it", () => {
    expect(text.split("\n")[0]).toMatch(/^# Written by "tiers ci [a-z-]+" from the specification of the app/);
  });

  test("uses actions by commit only, with the release beside it", () => {
    const lines = text.split("\n").filter((line) => /^\s*uses: /.test(line));
    const known = Object.values(ACTIONS).map(({ name, commit, version }) => `uses: ${name}@${commit} # ${version}`);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.map((line) => line.trim()).filter((line) => !known.includes(line))).toEqual([]);
  });

  test("gives no right to all jobs, and each job's with a reason", () => {
    expect(parsed.permissions).toEqual({});
    const rights = text.split("\n").filter((line) => /^ {6}[a-z-]+: (read|write)\b/.test(line));
    expect(rights.length).toBeGreaterThan(0);
    expect(rights.filter((line) => !/ # to /.test(line))).toEqual([]);
    for (const job of jobsOf(text)) expect(Object.keys(job.permissions)).not.toEqual([]);
  });

  test("leaves no token behind, and lets no expression into a script", () => {
    const checkouts = stepsOf(text).filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts.every((step) => step.with?.["persist-credentials"] === false)).toBe(true);
    expect(stepsOf(text).filter(({ run }) => run?.includes("${{"))).toEqual([]);
  });

  test("ends by itself, and has a group of its own", () => {
    expect(jobsOf(text).filter((job) => !(job["timeout-minutes"] <= 240))).toEqual([]);
    expect(parsed.concurrency.group).toMatch(/^[a-z-]+-(test|plan|release|drift)/);
  });

  test("no job may both talk to AWS and write to GitHub", () => {
    const both = jobsOf(text).filter(
      ({ permissions }) =>
        permissions["id-token"] === "write" &&
        Object.entries(permissions).some(([right, level]) => right !== "id-token" && level === "write"),
    );
    expect(both).toEqual([]);
  });
});

describe("tests", () => {
  const { on, jobs } = workflow(rich, "store-test");

  test("run the app's own commands in its folder, with its languages, on pull requests to the branch", () => {
    expect(on).toEqual({ pull_request: { branches: ["release/next"] } });
    expect(jobs.test).toMatchObject({
      defaults: { run: { "working-directory": "app/backend" } },
      permissions: { contents: "read" },
    });
    expect(jobs.test?.steps.map(({ name, run }) => run ?? name)).toEqual([
      "Check out the app",
      "Set up Python 3.11",
      "Set up Node 22",
      "python -m pip install -r requirements.txt",
      "pytest -q",
    ]);
    expect(jobs.test?.steps.find(({ name }) => name.includes("Python"))?.with).toEqual({ "python-version": "3.11" });
  });

  test("know nothing of AWS", () => {
    expect(JSON.stringify(jobs)).not.toMatch(/aws|id-token/i);
  });
});

describe("a plan", () => {
  const { on, concurrency, jobs } = workflow(plain, "shop-mvp-plan");

  test("is made for pull requests of the repository itself, by the role that reads", () => {
    expect(on).toEqual({ pull_request: { branches: ["main"] } });
    expect(concurrency["cancel-in-progress"]).toBe(true);
    expect(jobs.plan?.if).toBe("github.event.pull_request.head.repo.full_name == github.repository");
    expect(jobs.plan?.permissions).toEqual({ contents: "read", "id-token": "write" });
    const role = jobs.plan?.steps.find(({ uses }) => uses?.startsWith("aws-actions/"));
    expect(role?.with).toEqual({
      "role-to-assume": "arn:aws:iam::${{ vars.AWS_ACCOUNT_ID }}:role/shop-ci-plan",
      "role-session-name": "github-${{ github.run_id }}",
      "aws-region": "eu-central-1",
    });
  });

  test("is written into a comment by a job that has nothing of the code", () => {
    expect(jobs.comment?.permissions).toEqual({ "pull-requests": "write" });
    expect(jobs.comment?.needs).toEqual(["plan"]);
    expect(jobs.comment?.steps.map(({ name }) => name)).toEqual(["Write the comment"]);
  });

  test("fails where the workflows are not what the specification says", () => {
    const runs = (input: AppInput, name: string) =>
      workflow(input, name).jobs.plan?.steps.flatMap(({ run }) => (run?.includes("--check") ? [run] : []));
    expect(runs(plain, "shop-mvp-plan")).toEqual(["npm run -s tiers -- ci shop-mvp --check --out .."]);
    expect(runs(rich, "store-plan")).toEqual(["npm run -s tiers -- ci store --check --out ../app"]);
  });
});

/** Steps whose scripts have tests of their own. */
const SCRIPTS = new Set([
  "Check the settings of the repository",
  "Check which commit is meant",
  "Wait for the host",
  "Smoke test",
]);

describe("a release", () => {
  const { on, concurrency, jobs } = workflow(rich, "store-release");

  test("waits for the tests, runs from the branch in the environment, and is never cancelled", () => {
    expect(on).toMatchObject({ push: { branches: ["release/next"] }, workflow_dispatch: {} });
    expect(concurrency).toEqual({ group: "store-release", "cancel-in-progress": false });
    expect(jobs.test?.steps).toEqual(workflow(rich, "store-test").jobs.test?.steps);
    expect(jobs.release).toMatchObject({
      needs: ["test"],
      if: "github.ref == 'refs/heads/release/next'",
      environment: "production",
    });
    expect(workflow(plain, "shop-mvp-release").jobs.release).not.toHaveProperty("needs");
    expect(workflow(plain, "shop-mvp-release").jobs.release).not.toHaveProperty("environment");
  });

  test("builds on a machine like the host, before it has credentials", () => {
    expect(jobs.release?.["runs-on"]).toBe("ubuntu-24.04-arm");
    expect(workflow(plain, "shop-mvp-release").jobs.release?.["runs-on"]).toBe("ubuntu-24.04");
    expect(jobs.release?.steps.map(({ name }) => name)).toEqual([
      "Check the settings of the repository",
      "Check which commit is meant",
      "Check out the app",
      "Check out the infrastructure",
      "Set up Node 22",
      "Install the project",
      "Set up Terraform 1.11.4",
      "Build",
      "Take the role that releases",
      "Push",
      "Wait for the host",
      "Deploy",
      "Deploy the earlier commit",
      "Smoke test",
    ]);
  });

  test("has credentials that outlive it; those that read hold for the action's hour", () => {
    const step = jobs.release?.steps.find(({ name }) => name === "Take the role that releases");
    expect(step?.with).toMatchObject({ "role-duration-seconds": 14_400 });
    expect((jobs.release?.["timeout-minutes"] ?? Infinity) * 60).toBeLessThanOrEqual(14_400);
    const plan = workflow(rich, "store-plan").jobs.plan;
    const reads = plan?.steps.find(({ name }) => name === "Take the role that only reads");
    expect(reads?.with).not.toHaveProperty("role-duration-seconds");
    expect((plan?.["timeout-minutes"] ?? Infinity) * 60).toBeLessThanOrEqual(3600);
  });

  test("hands everything to the host: no migration, no pull and no start on the runner", () => {
    const runs = jobs.release?.steps.flatMap(({ name, run }) => (SCRIPTS.has(name) || !run ? [] : [run]));
    expect(runs).toEqual([
      "npm ci --no-audit --no-fund",
      "npm run -s tiers -- release build store --source ../app/backend",
      "npm run -s tiers -- release push store --source ../app/backend --keep-existing",
      'npm run -s tiers -- release deploy store --source ../app/backend --by "$BY"',
      'npm run -s tiers -- release deploy store --tag "$COMMIT" --by "$BY"',
    ]);
  });

  test("of an earlier commit is asked for by hand, and runs the images that were pushed then", () => {
    expect(on.workflow_dispatch).toEqual({
      inputs: { commit: { description: expect.stringContaining("40 digits"), type: "string", required: false } },
    });
    const conditions = jobs.release?.steps.flatMap((step) => (step.if === undefined ? [] : [[step.name, step.if]]));
    expect(conditions).toEqual([
      ["Build", "!inputs.commit"],
      ["Push", "!inputs.commit"],
      ["Deploy", "!inputs.commit"],
      ["Deploy the earlier commit", "inputs.commit"],
    ]);
    const asked = jobs.release?.steps.filter(({ env }) => env?.COMMIT === "${{ inputs.commit }}");
    expect(asked?.map(({ name }) => name)).toEqual(["Check which commit is meant", "Deploy the earlier commit"]);
  });

  test("finds the project in another repository with the token that was named, and by the state's own place", () => {
    const checkout = jobs.release?.steps.find(({ name }) => name === "Check out the infrastructure");
    expect(checkout?.with).toEqual({
      repository: "acme-corp/infrastructure",
      ref: "v1.4.0",
      token: "${{ secrets.INFRASTRUCTURE_TOKEN }}",
      path: "infrastructure",
      "persist-credentials": false,
    });
    expect(jobs.release).toMatchObject({ env: { CHECKPOINT_DISABLE: "1" } });
    expect(workflow(plain, "shop-mvp-release").jobs.release).toMatchObject({
      env: { TIERS_STATE: "${{ vars.TIERS_STATE }}" },
    });
  });
});

describe("the daily comparison", () => {
  const { on, jobs } = workflow(rich, "store-drift");

  test("runs when the specification says, by the role that reads", () => {
    expect(on).toEqual({ schedule: [{ cron: "15 4 * * *" }], workflow_dispatch: {} });
    expect(JSON.stringify(jobs.compare)).toContain("role/store-ci-plan");
  });

  test("keeps an issue by a job that has nothing of the code, also when the comparison fails", () => {
    expect(jobs.report?.if).toBe("always()");
    expect(jobs.report?.permissions).toEqual({ issues: "write" });
    expect(jobs.report?.steps.map(({ name }) => name)).toEqual(["Keep the issue"]);
  });
});
