import { z } from "zod";
import { guided, list, oneOf, text, timeOfDay, wholeNumber } from "../fields";

/** A folder of a repository: its root, or folders without blanks and `..`. */
const folder = () =>
  text(
    /^(\.|[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*)$/,
    `a folder of the repository such as "backend", or "." for its root`,
    "write it relative to the repository's root, without .. and blanks",
  );

const repositoryName = () =>
  text(
    /^[A-Za-z0-9](-?[A-Za-z0-9]){0,38}\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/,
    `the owner and the name of a repository on GitHub such as "acme/shop"`,
    "copy it from the repository's address, after github.com/",
  );

const gitRef = (what: string) =>
  text(
    /^(?!.*(\.\.|\/\/|\.lock$))[A-Za-z0-9_][A-Za-z0-9._/-]{0,198}[A-Za-z0-9_]$|^[A-Za-z0-9_]$/,
    `${what}, without wildcards`,
    "write one name in letters, digits and . _ / -",
  );

const branch = () => gitRef(`the name of one branch such as "main"`);

const runtimeVersion = (example: string) =>
  text(/^\d{1,2}(\.\d{1,2}){0,2}$/, `a version in quotes such as "${example}"`, "write numbers and dots in quotes");

/** GitHub's ids fit into a number that JavaScript holds exactly. */
const githubId = () => wholeNumber(1, Number.MAX_SAFE_INTEGER, "an id of GitHub");

const github = z.strictObject({
  /** Repository that holds the app and runs the workflows: "<owner>/<name>". */
  repository: repositoryName(),
  /**
   * GitHub's ids of owner and repository, which never change. Needed for every repository that was made, renamed or
   * transferred after 15 July 2026, or that has chosen immutable subjects: such tokens name them, and without them AWS
   * refuses each one. `gh api repos/<owner>/<name> --jq '{owner: .owner.id, repository: .id}'` shows them.
   * @default - none: the older form of tokens, with names only
   */
  ids: z
    .strictObject({
      /** Id of the account or organization that has the repository. */
      owner: githubId(),
      /** Id of the repository. */
      repository: githubId(),
    })
    .optional(),
  /** Branch whose pushes are released. @default "main" */
  branch: branch().default("main"),
  /** The repository's default branch, from which GitHub starts what is scheduled. @default - the branch above */
  defaultBranch: branch().optional(),
  /** Environment of GitHub that releases run in, for approvals and rules about branches. @default - none */
  environment: text(
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/,
    "the name of an environment in up to 100 letters, digits, _ and -",
    "rename it on GitHub, or leave it out",
  ).optional(),
});

const infrastructure = z.strictObject({
  /** Another repository that holds this project: "<owner>/<name>". @default - the app's own */
  repository: repositoryName().optional(),
  /** Branch or tag of that other repository. @default - its default branch */
  ref: gitRef(`the name of one branch or tag such as "v1.4.0"`).optional(),
  /** Name of the GitHub secret with a token that may read that other repository. @default - none: it is public */
  tokenSecret: text(
    /^(?!GITHUB_)[A-Z_][A-Z0-9_]{0,99}$/,
    "the name of a GitHub secret in upper-case letters, digits and _",
    "write its name, never its value",
  ).optional(),
  /** Folder of this project in its repository. @default "infrastructure" */
  directory: folder().default("infrastructure"),
});

const setup = z.strictObject({
  /** Version of Python that the tests need. @default - that of the runner */
  python: runtimeVersion("3.11").optional(),
  /** Version of Node that the tests need. @default - that of the runner */
  node: runtimeVersion("22").optional(),
});

/** Checks and releases by GitHub Actions: what `tiers ci` writes, and the roles that its jobs take. */
export const ci = z.strictObject({
  /** The repository and what of it may release. */
  github,
  /**
   * Whether the stack makes the identity provider of GitHub or takes the one that the account has. An account has room for
   * one.
   * @default "create"
   */
  oidcProvider: oneOf(["create", "existing"]).default("create"),
  /** Folder of the app in its repository: tests run and images are built there. @default "." */
  source: folder().default("."),
  /** Where this project lies. @default - in the folder "infrastructure" of the app's repository */
  infrastructure: infrastructure.prefault({}),
  /** Languages that the tests need. @default - those of the runner */
  setup: setup.prefault({}),
  /** The app's own checks, one shell command each, in order; a release waits for them. @default [] */
  test: list(
    guided(
      z
        .string()
        .max(1000)
        .regex(/^(?!.*\$\{\{)\S[^\r\n]*$/),
      `one command in one line such as "pytest -q", without \${{`,
      "write each command as a text of its own",
    ),
    "commands",
  ).default([]),
  /** When the deployed stack is compared with the code each day, UTC. @default "05:40" */
  driftAt: timeOfDay().default("05:40"),
});
