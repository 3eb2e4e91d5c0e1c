/** Steps that several workflows have in common. */
import * as fs from "node:fs";
import * as path from "node:path";
import { DEPLOY_SESSION_SECONDS } from "../../modules/security/github-places";
import { ACTIONS, RUNNER } from "./actions";
import { expression, type Permissions, remarked, type Remarked, type Step } from "./model";
import type { Subject } from "./subject";

const uses = ({ name, commit, version }: (typeof ACTIONS)[keyof typeof ACTIONS]): Remarked =>
  remarked(`${name}@${commit}`, version);

/** Rights that more than one job has. */
export const RIGHTS = {
  checkout: { contents: remarked("read", "to check out the code") },
  aws: { "id-token": remarked("write", "to prove to AWS which run this is") },
} as const satisfies Record<string, Permissions>;

/** The text of a script in the folder "steps", without the lines for editors and linters on top. */
export function script(root: string, name: string): string {
  const text = fs.readFileSync(path.join(root, "scripts", "ci", "steps", `${name}.sh`), "utf8");
  return text.replace(/^(#.*\n)+\n?/, "");
}

/** The app's repository, without a token that later steps could find. */
export const checkoutApp = ({ appPath }: Subject): Step => ({
  name: "Check out the app",
  uses: uses(ACTIONS.checkout),
  with: { ...(appPath === "." ? {} : { path: appPath }), "persist-credentials": false },
});

/** Whatever of the app and of the project lies in which repository. */
export function checkoutAll(subject: Subject): Step[] {
  const { other } = subject;
  if (other === undefined) return [checkoutApp(subject)];
  return [
    checkoutApp(subject),
    {
      name: "Check out the infrastructure",
      uses: uses(ACTIONS.checkout),
      with: {
        repository: other.repository,
        ...(other.ref === undefined ? {} : { ref: other.ref }),
        ...(other.tokenSecret === undefined ? {} : { token: expression(`secrets.${other.tokenSecret}`) }),
        path: other.path,
        "persist-credentials": false,
      },
    },
  ];
}

export const setupPython = (version: string): Step => ({
  name: `Set up Python ${version}`,
  uses: uses(ACTIONS.python),
  with: { "python-version": version },
});

/** No cache: what a pull request puts there, a release would run. */
export const setupNode = (version: string): Step => ({
  name: `Set up Node ${version}`,
  uses: uses(ACTIONS.node),
  with: { "node-version": version, "package-manager-cache": false },
});

/** Stops a run that lacks what only people can set, before anything else happens. */
export const checkSettings = ({ root, stateVariable }: Subject): Step => ({
  name: "Check the settings of the repository",
  env: {
    AWS_ACCOUNT_ID: expression("vars.AWS_ACCOUNT_ID"),
    STATE_NEEDED: String(stateVariable),
  },
  run: script(root, "settings"),
});

/** The project with its own tools. */
export function installProject({ projectPath }: Subject): Step[] {
  return [
    setupNode(RUNNER.node),
    { name: "Install the project", "working-directory": projectPath, run: "npm ci --no-audit --no-fund" },
    {
      name: `Set up Terraform ${RUNNER.terraform}`,
      uses: uses(ACTIONS.terraform),
      with: { terraform_version: RUNNER.terraform, terraform_wrapper: false },
    },
  ];
}

/** Credentials of a role for the steps that follow: without a duration the action asks for an hour. */
export const takeRole = ({ region, roles }: Subject, role: "plan" | "deploy"): Step => ({
  name: role === "plan" ? "Take the role that only reads" : "Take the role that releases",
  uses: uses(ACTIONS.credentials),
  with: {
    "role-to-assume": `arn:aws:iam::${expression("vars.AWS_ACCOUNT_ID")}:role/${roles[role]}`,
    "role-session-name": `github-${expression("github.run_id")}`,
    "aws-region": region,
    ...(role === "deploy" ? { "role-duration-seconds": DEPLOY_SESSION_SECONDS } : {}),
  },
});

/** A command of the project. */
export const tiers = (
  { projectPath }: Subject,
  name: string,
  words: string,
  more: Pick<Step, "if" | "env"> = {},
): Step => ({
  name,
  ...more,
  "working-directory": projectPath,
  run: `npm run -s tiers -- ${words}`,
});

/** Variables of the jobs that work with the deployed stack. */
export const projectEnv = ({ stateVariable }: Subject): Record<string, string> => ({
  CHECKPOINT_DISABLE: "1",
  ...(stateVariable ? { TIERS_STATE: expression("vars.TIERS_STATE") } : {}),
});
