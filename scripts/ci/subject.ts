/** What the workflows have to know of a stack, in words that fit into them. */
import * as path from "node:path";
import type { AppWithCi, Ci, ResolvedStack } from "../../modules/spec";
import { ciRoleNames } from "../../modules/security/github-places";

/** A stack whose app has CI. */
export interface StackWithCi extends ResolvedStack {
  readonly app: AppWithCi;
}

export interface Subject {
  /** Id of the stack; also what its workflows' files begin with. */
  readonly id: string;
  /** Root of this project, where the scripts of steps lie. */
  readonly root: string;
  readonly region: string;
  readonly ci: Ci;
  /** Names of the roles. */
  readonly roles: Readonly<Record<"plan" | "deploy", string>>;
  /** Tags of the host. */
  readonly tags: Readonly<Record<"Application" | "Environment" | "Tier", string>>;
  /** Whether the state's place is said by a repository variable, because the specification keeps it on a disk. */
  readonly stateVariable: boolean;
  /** Where the app's repository is checked out, relative to the workspace. */
  readonly appPath: string;
  /** The app's own folder, relative to the workspace. */
  readonly sourcePath: string;
  /** This project's folder, relative to the workspace. */
  readonly projectPath: string;
  /** The repository of this project. @default - the app's */
  readonly other?: {
    readonly repository: string;
    readonly ref?: string;
    readonly tokenSecret?: string;
    readonly path: string;
  };
  /** Runner whose processor is that of the host, so that images are built without emulation. */
  readonly buildRunner: string;
}

/** Runners by processor. */
const BUILD_RUNNERS = { x86_64: "ubuntu-24.04", arm64: "ubuntu-24.04-arm" } as const;
/** The runner of everything that builds no image. */
export const RUNS_ON = BUILD_RUNNERS.x86_64;

const APP_FOLDER = "app";
const PROJECT_FOLDER = "infrastructure";

/** Looks at a stack as its workflows do. */
export function subjectOf({ id, tier, app }: StackWithCi, root: string): Subject {
  const { ci, region, state, host, name, environment } = app;
  const { repository, directory, ...access } = ci.infrastructure;
  const appPath = repository === undefined ? "." : APP_FOLDER;
  const projectRoot = repository === undefined ? "." : PROJECT_FOLDER;
  return {
    id,
    root,
    region,
    ci,
    roles: ciRoleNames({ app }),
    tags: { Application: name, Environment: environment, Tier: tier },
    stateVariable: state.backend === "local",
    appPath,
    sourcePath: path.posix.join(appPath, ci.source),
    projectPath: path.posix.join(projectRoot, directory),
    ...(repository === undefined ? {} : { other: { repository, ...access, path: PROJECT_FOLDER } }),
    buildRunner: BUILD_RUNNERS[host.arch],
  };
}
