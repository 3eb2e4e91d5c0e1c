/** The actions that the workflows use, each by the commit of a release: a tag could be moved to other code. */

interface PinnedAction {
  readonly name: string;
  /** All 40 digits of the commit. */
  readonly commit: string;
  /** The release that the commit is. */
  readonly version: string;
}

/**
 * Every one runs on Node 24; runners have had no Node 20 since September 2026. The commits stand beside their versions in
 * public workflows, named here; to take a newer one, compare `git ls-remote <repository> refs/tags/<version>^{}`.
 */
export const ACTIONS = {
  // equinor/resfo, pull request 70
  checkout: { name: "actions/checkout", commit: "de0fac2e4500dabe0009e67214ff5f5447ce83dd", version: "v6.0.2" },
  // equinor/resfo, pull request 70; tiangolo/latest-changes, pull request 114
  python: { name: "actions/setup-python", commit: "a309ff8b426b58ec0e2a45f0f869d46889d02405", version: "v6.2.0" },
  // three workflows of others that say v6.4.0 beside it
  node: { name: "actions/setup-node", commit: "48b55a011bda9f5d6aeb4c2d9c7362e8dae4041e", version: "v6.4.0" },
  // smallstep/docs, pull request 542
  credentials: {
    name: "aws-actions/configure-aws-credentials",
    commit: "e6de054238d6b7531b4efff3b6587d9aade6a06c",
    version: "v6.2.3",
  },
  // nitinjain999/platform-skills, pull request 94
  terraform: {
    name: "hashicorp/setup-terraform",
    commit: "dfe3c3f87815947d99a8997f908cb6525fc44e9e",
    version: "v4.0.1",
  },
} as const satisfies Record<string, PinnedAction>;

/** What the project itself runs with on a runner. */
export const RUNNER = { node: "22", terraform: "1.11.4" } as const;
