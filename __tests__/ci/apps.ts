/** Apps with CI: the least that one may say, and every option between them. */
import {
  type AppInput,
  ciStacksOf,
  defineApp,
  formatProblem,
  type ResolvedCiStack,
  resolveApps,
} from "../../modules/spec";

/** A repository of the older form, everything at its default. */
export const plain: AppInput = {
  name: "shop",
  region: "eu-central-1",
  services: { api: { image: { build: {} }, port: 8080 } },
  ci: { github: { repository: "acme/shop" } },
};

/** Immutable subjects, an environment, ARM, state in S3, a service by reference, another repository for this project. */
export const rich: AppInput = {
  name: "store",
  region: "eu-west-1",
  stacks: { mvp: { id: "store", names: { repository_api_images: "old/store-api", host_access_role: "store-host" } } },
  state: { backend: "s3", bucket: "acme-state", kmsKeyId: "alias/state" },
  services: {
    api: { image: { build: { context: "api" } }, port: 8000, route: { hosts: ["store.example"] } },
    worker: { kind: "worker", image: { build: { target: "worker" } } },
    search: { image: { reference: `ghcr.io/acme/search:2@sha256:${"a".repeat(64)}` }, port: 7700 },
  },
  jobs: { migrate: { service: "api", command: ["alembic", "upgrade", "head"], when: "deploy" } },
  host: { instanceType: "t4g.large" },
  ci: {
    github: {
      repository: "Acme-Corp/store.app",
      ids: { owner: 583231, repository: 1296269 },
      branch: "release/next",
      defaultBranch: "trunk",
      environment: "production",
    },
    oidcProvider: "existing",
    source: "backend",
    infrastructure: {
      repository: "acme-corp/infrastructure",
      ref: "v1.4.0",
      tokenSecret: "INFRASTRUCTURE_TOKEN",
      directory: ".",
    },
    setup: { python: "3.11", node: "22" },
    test: ["python -m pip install -r requirements.txt", "pytest -q"],
    driftAt: "04:15",
  },
};

/** A second environment that is released from a branch of its own. */
export const staged: AppInput = {
  ...plain,
  environments: {
    staging: {
      ci: { oidcProvider: "existing", github: { branch: "staging", defaultBranch: "main", environment: "staging" } },
    },
  },
};

/** The ci stacks of apps. Throws when a specification has a problem. */
export function ciStacks(...inputs: readonly AppInput[]): ResolvedCiStack[] {
  const { stacks, problems } = resolveApps(inputs.map(defineApp), { today: "2026-11-01" });
  if (problems.length > 0) throw new Error(problems.map(formatProblem).join("\n"));
  return ciStacksOf(stacks);
}

/** The only ci stack of an app. */
export function ciStack(input: AppInput): ResolvedCiStack {
  const [stack, ...others] = ciStacks(input);
  if (stack === undefined || others.length > 0) throw new Error("not exactly one ci stack");
  return stack;
}
