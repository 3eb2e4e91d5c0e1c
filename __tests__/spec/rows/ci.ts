import type { Row } from "./row";

const REPOSITORY = `allowed: the owner and the name of a repository on GitHub such as "acme/shop"; copy it from the repository's address, after github.com/`;
const FOLDER = `allowed: a folder of the repository such as "backend", or "." for its root; write it relative to the repository's root, without .. and blanks`;
const BRANCH = `allowed: the name of one branch such as "main", without wildcards; write one name in letters, digits and . _ / -`;
const COMMAND = `allowed: one command in one line such as "pytest -q", without \${{; write each command as a text of its own`;
const GITHUB_ID =
  "allowed: a whole number from 1 to 9007199254740991 (an id of GitHub); set a number in that range, without quotes";

const github = (fields: object): object => ({ ci: { github: { repository: "acme/shop", ...fields } } });
const ci = (fields: object): object => ({ ci: { github: { repository: "acme/shop" }, ...fields } });

/** CI by GitHub Actions. */
export const CI_ROWS: readonly Row[] = [
  {
    name: "CI without a repository",
    patch: { ci: {} },
    lines: [
      "shop-mvp: ci.github is missing; allowed: an object with repository, ids, branch, defaultBranch, environment; add it",
    ],
  },
  {
    name: "CI of a wrong kind",
    patch: { ci: "github" },
    lines: [
      `shop-mvp: ci is "github"; allowed: an object with github, oidcProvider, source, infrastructure, setup, test, driftAt; write it in braces with these fields`,
    ],
  },
  {
    name: "repository as an address",
    patch: github({ repository: "https://github.com/acme/shop" }),
    lines: [`shop-mvp: ci.github.repository is "https://github.com/acme/shop"; ${REPOSITORY}`],
  },
  {
    name: "every repository of an owner",
    patch: github({ repository: "acme/*" }),
    lines: [`shop-mvp: ci.github.repository is "acme/*"; ${REPOSITORY}`],
  },
  {
    name: "ids as texts",
    patch: github({ ids: { owner: "583231", repository: 0 } }),
    lines: [
      `shop-mvp: ci.github.ids.owner is "583231"; ${GITHUB_ID}`,
      `shop-mvp: ci.github.ids.repository is 0; ${GITHUB_ID}`,
    ],
  },
  {
    name: "ids in a list",
    patch: github({ ids: [1, 2] }),
    lines: [
      "shop-mvp: ci.github.ids is a list of 2; allowed: an object with owner, repository; write it in braces with these fields",
    ],
  },
  {
    name: "every branch",
    patch: github({ branch: "*", defaultBranch: "feature branch" }),
    lines: [
      `shop-mvp: ci.github.branch is "*"; ${BRANCH}`,
      `shop-mvp: ci.github.defaultBranch is "feature branch"; ${BRANCH}`,
    ],
  },
  {
    name: "environment of GitHub with a colon",
    patch: github({ environment: "prod:eu" }),
    lines: [
      `shop-mvp: ci.github.environment is "prod:eu"; allowed: the name of an environment in up to 100 letters, digits, _ and -; rename it on GitHub, or leave it out`,
    ],
  },
  {
    name: "identity provider that is shared",
    patch: ci({ oidcProvider: "shared" }),
    lines: [`shop-mvp: ci.oidcProvider is "shared"; allowed: "create" | "existing"; choose one of these`],
  },
  {
    name: "sources above the repository",
    patch: ci({ source: "../shop", infrastructure: { directory: "/infra" } }),
    lines: [
      `shop-mvp: ci.source is "../shop"; ${FOLDER}`,
      `shop-mvp: ci.infrastructure.directory is "/infra"; ${FOLDER}`,
    ],
  },
  {
    name: "another repository in wrong forms",
    patch: ci({ infrastructure: { repository: "infra", ref: "v1..2", tokenSecret: "ghp_hunter2" } }),
    lines: [
      `shop-mvp: ci.infrastructure.repository is "infra"; ${REPOSITORY}`,
      `shop-mvp: ci.infrastructure.ref is "v1..2"; allowed: the name of one branch or tag such as "v1.4.0", without wildcards; write one name in letters, digits and . _ / -`,
      `shop-mvp: ci.infrastructure.tokenSecret is a text (not shown); allowed: the name of a GitHub secret in upper-case letters, digits and _; write its name, never its value`,
    ],
  },
  {
    name: "token for a repository that is not named",
    rule: "ci-other-repository-named",
    patch: ci({ infrastructure: { tokenSecret: "INFRA_TOKEN" } }),
    lines: [
      `shop-mvp: ci.infrastructure.tokenSecret is a text (not shown); allowed: nothing while the project lies in the app's repository; name ci.infrastructure.repository, or remove it`,
    ],
  },
  {
    name: "nothing for CI to build",
    rule: "ci-builds-something",
    patch: {
      ...ci({}),
      services: { worker: { image: { build: undefined, reference: `ghcr.io/acme/worker@sha256:${"b".repeat(64)}` } } },
    },
    lines: [
      "shop-mvp: ci is an object; allowed: nothing while no service is built: every image is a reference; give a service image.build, or remove ci",
    ],
  },
  {
    name: "languages as numbers",
    patch: ci({ setup: { python: 3.11, node: "lts" } }),
    lines: [
      `shop-mvp: ci.setup.python is 3.11; allowed: a version in quotes such as "3.11"; write numbers and dots in quotes`,
      `shop-mvp: ci.setup.node is "lts"; allowed: a version in quotes such as "22"; write numbers and dots in quotes`,
    ],
  },
  {
    name: "parts of CI of a wrong kind",
    patch: ci({ setup: "python", infrastructure: "infra", test: "pytest" }),
    lines: [
      `shop-mvp: ci.infrastructure is "infra"; allowed: an object with repository, ref, tokenSecret, directory; write it in braces with these fields`,
      `shop-mvp: ci.setup is "python"; allowed: an object with python, node; write it in braces with these fields`,
      `shop-mvp: ci.test is "pytest"; allowed: a list of up to 64 commands; write it in square brackets`,
    ],
  },
  {
    name: "commands that GitHub would fill in, or that go on",
    patch: ci({ test: ["echo ${{ secrets.TOKEN }}", "cd backend\npytest"] }),
    lines: [
      `shop-mvp: ci.test[0] is "echo \${{ secrets.TOKEN }}"; ${COMMAND}`,
      `shop-mvp: ci.test[1] is "cd backend\\npytest"; ${COMMAND}`,
    ],
  },
  {
    name: "drift at an hour that no day has",
    patch: ci({ driftAt: "25:00" }),
    lines: [
      `shop-mvp: ci.driftAt is "25:00"; allowed: a time of day in UTC such as "02:30"; write two digits, a colon, two digits`,
    ],
  },
];
