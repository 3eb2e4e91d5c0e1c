/** The workflows of a stack. */
import * as path from "node:path";
import { DEPLOY_SESSION_SECONDS } from "../../modules/security/github-places";
import { expression, type Job, remarked, type Step, type Workflow } from "./model";
import { checkoutAll, checkoutApp, checkSettings, installProject, projectEnv, RIGHTS } from "./steps";
import { script, setupNode, setupPython, takeRole, tiers } from "./steps";
import { RUNS_ON, type Subject } from "./subject";

/** Kinds of workflows, in the order in which they are listed. */
export const KINDS = ["test", "plan", "release", "drift"] as const;
export type Kind = (typeof KINDS)[number];

/** Where the workflow of a kind lies in the app's repository. */
export const workflowPath = (id: string, kind: Kind): string => `.github/workflows/${id}-${kind}.yml`;

/** The workflow of a kind; undefined where the app has nothing for it. */
export function workflowOf(subject: Subject, kind: Kind): Workflow | undefined {
  if (kind === "test") return subject.ci.test.length === 0 ? undefined : testWorkflow(subject);
  if (kind === "plan") return planWorkflow(subject);
  return kind === "release" ? releaseWorkflow(subject) : driftWorkflow(subject);
}

const BASH = { run: { shell: "bash" } } as const;

/** The app's own commands on pull requests. */
function testWorkflow(subject: Subject): Workflow {
  const { id, ci } = subject;
  return {
    name: `${id} test`,
    on: { pull_request: { branches: [ci.github.branch] } },
    permissions: {},
    concurrency: { group: `${id}-test-${expression("github.ref")}`, "cancel-in-progress": true },
    defaults: BASH,
    jobs: { test: testJob(subject) },
  };
}

/** The job of the app's own commands, which know nothing of AWS. */
function testJob(subject: Subject): Job {
  const { ci, sourcePath } = subject;
  const { python, node } = ci.setup;
  return {
    name: "test",
    "runs-on": RUNS_ON,
    "timeout-minutes": 30,
    permissions: RIGHTS.checkout,
    ...(sourcePath === "." ? {} : { defaults: { run: { "working-directory": sourcePath } } }),
    steps: [
      checkoutApp(subject),
      ...(python === undefined ? [] : [setupPython(python)]),
      ...(node === undefined ? [] : [setupNode(node)]),
      ...ci.test.map((command): Step => ({ name: command, run: command })),
    ],
  };
}

/** A job that compares the deployed stack with the code and says what it found. */
function comparison(subject: Subject, head: Pick<Job, "name" | "if">, before: readonly Step[] = []): Job {
  const { id, root, projectPath } = subject;
  return {
    ...head,
    "runs-on": RUNS_ON,
    "timeout-minutes": 30,
    permissions: { ...RIGHTS.checkout, ...RIGHTS.aws },
    outputs: { result: expression("steps.plan.outputs.result"), report: expression("steps.plan.outputs.report") },
    env: projectEnv(subject),
    steps: [
      checkSettings(subject),
      ...checkoutAll(subject),
      ...installProject(subject),
      ...before,
      tiers(subject, "Synthesize", "synth"),
      takeRole(subject, "plan"),
      {
        name: "Plan",
        id: "plan",
        "working-directory": projectPath,
        env: { STACK: id },
        run: script(root, "plan"),
      },
    ],
  };
}

/** The plan of a pull request as one comment that later runs rewrite. */
function planWorkflow(subject: Subject): Workflow {
  const { id, root, ci, projectPath, appPath } = subject;
  const out = path.posix.relative(projectPath, appPath) || ".";
  const upToDate = tiers(subject, "See that the workflows are up to date", `ci ${id} --check --out ${out}`);
  return {
    name: `${id} plan`,
    on: { pull_request: { branches: [ci.github.branch] } },
    permissions: {},
    concurrency: { group: `${id}-plan-${expression("github.ref")}`, "cancel-in-progress": true },
    defaults: BASH,
    jobs: {
      // Runs of forks get no token for AWS from GitHub.
      plan: comparison(
        subject,
        { name: "plan", if: "github.event.pull_request.head.repo.full_name == github.repository" },
        [upToDate],
      ),
      comment: {
        name: "comment",
        needs: ["plan"],
        if: "!cancelled() && needs.plan.outputs.report != ''",
        "runs-on": RUNS_ON,
        "timeout-minutes": 5,
        permissions: { "pull-requests": remarked("write", "to write the comment") },
        steps: [
          {
            name: "Write the comment",
            env: {
              GH_TOKEN: expression("github.token"),
              STACK: id,
              NUMBER: expression("github.event.pull_request.number"),
              REPORT: expression("needs.plan.outputs.report"),
            },
            run: script(root, "comment"),
          },
        ],
      },
    },
  };
}

/** What a person may ask for who starts a release by hand. */
const EARLIER = {
  description: "Release this earlier commit again, by all its 40 digits (empty: the newest of the branch)",
  type: "string",
  required: false,
} as const;

/** Tests, then build, push, deploy and a look from outside; a release that runs is never cancelled. */
function releaseWorkflow(subject: Subject): Workflow {
  const { id, ci } = subject;
  const { branch, environment } = ci.github;
  const isTested = ci.test.length > 0;
  return {
    name: `${id} release`,
    on: { push: { branches: [branch] }, workflow_dispatch: { inputs: { commit: EARLIER } } },
    permissions: {},
    concurrency: { group: `${id}-release`, "cancel-in-progress": false },
    defaults: BASH,
    jobs: {
      ...(isTested ? { test: testJob(subject) } : {}),
      release: {
        name: "release",
        ...(isTested ? { needs: ["test"] } : {}),
        // A run by hand may be of any branch.
        if: `github.ref == 'refs/heads/${branch}'`,
        "runs-on": subject.buildRunner,
        ...(environment === undefined ? {} : { environment }),
        // Credentials are taken on the way, so they hold until the end.
        "timeout-minutes": DEPLOY_SESSION_SECONDS / 60,
        permissions: { ...RIGHTS.checkout, ...RIGHTS.aws },
        env: projectEnv(subject),
        steps: releaseSteps(subject),
      },
    },
  };
}

/**
 * Images are built before there are any credentials: what a Dockerfile runs cannot use them. Those of an earlier commit were
 * pushed when it was released.
 */
function releaseSteps(subject: Subject): Step[] {
  const { id, root, region, sourcePath, projectPath, tags } = subject;
  const source = `--source ${path.posix.relative(projectPath, sourcePath) || "."}`;
  const commit = expression("inputs.commit");
  const by = { BY: `${expression("github.actor")}, GitHub run ${expression("github.run_id")}` };
  const ofNewest = { if: "!inputs.commit" };
  return [
    checkSettings(subject),
    {
      name: "Check which commit is meant",
      env: { GH_TOKEN: expression("github.token"), COMMIT: commit },
      run: script(root, "commit"),
    },
    ...checkoutAll(subject),
    ...installProject(subject),
    tiers(subject, "Build", `release build ${id} ${source}`, ofNewest),
    takeRole(subject, "deploy"),
    // A run that is repeated has built the commit anew, and no two builds are the same image.
    tiers(subject, "Push", `release push ${id} ${source} --keep-existing`, ofNewest),
    {
      name: "Wait for the host",
      env: {
        AWS_REGION: region,
        APPLICATION: tags.Application,
        ENVIRONMENT: tags.Environment,
        TIER: tags.Tier,
      },
      run: script(root, "wait-for-host"),
    },
    tiers(subject, "Deploy", `release deploy ${id} ${source} --by "$BY"`, { ...ofNewest, env: by }),
    tiers(subject, "Deploy the earlier commit", `release deploy ${id} --tag "$COMMIT" --by "$BY"`, {
      if: "inputs.commit",
      env: { ...by, COMMIT: commit },
    }),
    { name: "Smoke test", "working-directory": projectPath, env: { STACK: id }, run: script(root, "smoke") },
  ];
}

/** Once a day: an issue for as long as the deployed stack is not what the code says, or nobody can tell. */
function driftWorkflow(subject: Subject): Workflow {
  const { id, root, ci } = subject;
  const [hour, minute] = ci.driftAt.split(":").map(Number);
  return {
    name: `${id} drift`,
    on: { schedule: [{ cron: `${minute} ${hour} * * *` }], workflow_dispatch: {} },
    permissions: {},
    concurrency: { group: `${id}-drift`, "cancel-in-progress": false },
    defaults: BASH,
    jobs: {
      compare: comparison(subject, { name: "compare" }),
      report: {
        name: "report",
        needs: ["compare"],
        // Also when the comparison failed: silence would read as "nothing differs".
        if: "always()",
        "runs-on": RUNS_ON,
        "timeout-minutes": 5,
        permissions: { issues: remarked("write", "to open and close the issue about drift") },
        steps: [
          {
            name: "Keep the issue",
            env: {
              GH_TOKEN: expression("github.token"),
              STACK: id,
              RESULT: expression("needs.compare.outputs.result"),
              REPORT: expression("needs.compare.outputs.report"),
            },
            run: script(root, "issue"),
          },
        ],
      },
    },
  };
}
