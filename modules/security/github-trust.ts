import type { Ci } from "../spec";

type Github = Ci["github"];

/** Where GitHub's tokens come from, without the scheme, as IAM writes it. */
export const GITHUB_ISSUER = "token.actions.githubusercontent.com";

/** Whom tokens for AWS are made for; the action that exchanges them asks for this audience. */
export const AWS_AUDIENCE = "sts.amazonaws.com";

/** What a token must say so that a role may be taken with it. */
export interface GithubTrust {
  /** Subjects, each in full: no wildcards. */
  readonly subjects: readonly string[];
  /** Git ref that the run must be of besides. @default - what the subject says */
  readonly ref?: string;
}

/**
 * How the subjects of a repository begin: its name, with GitHub's ids for repositories that have immutable subjects
 * (those made, renamed or transferred after 15 July 2026, and those that chose them).
 */
function repositoryOf({ repository, ids }: Github): string {
  const [owner = "", name = ""] = repository.split("/");
  return ids === undefined ? `repo:${owner}/${name}` : `repo:${owner}@${ids.owner}/${name}@${ids.repository}`;
}

const branchRef = (branch: string): string => `refs/heads/${branch}`;

/** Runs that may release: those of the branch, in the environment when there is one. */
export function deployTrust(github: Github): GithubTrust {
  const { branch, environment } = github;
  const ref = branchRef(branch);
  return environment === undefined
    ? { subjects: [`${repositoryOf(github)}:ref:${ref}`] }
    : { subjects: [`${repositoryOf(github)}:environment:${environment}`], ref };
}

/** Runs that may look: those of pull requests, and the scheduled ones, which GitHub starts from the default branch. */
export function planTrust(github: Github): GithubTrust {
  const repository = repositoryOf(github);
  return {
    subjects: [`${repository}:pull_request`, `${repository}:ref:${branchRef(github.defaultBranch ?? github.branch)}`],
  };
}

/** The trust policy of a role that runs of GitHub Actions may take. */
export function trustGithub(providerArn: string, { subjects, ref }: GithubTrust): string {
  const claims = {
    [`${GITHUB_ISSUER}:aud`]: AWS_AUDIENCE,
    [`${GITHUB_ISSUER}:sub`]: subjects,
    // AWS STS has known this claim besides aud and sub since January 2026.
    ...(ref === undefined ? {} : { [`${GITHUB_ISSUER}:ref`]: ref }),
  };
  const statement = {
    Sid: "TrustGithub",
    Effect: "Allow",
    Principal: { Federated: providerArn },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: { StringEquals: claims },
  };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}
