import { describe, expect, test } from "vitest";
import { deployTrust, type GithubTrust, planTrust, trustGithub } from "../../modules/security/github-trust";
import { ciStack, plain, rich } from "../ci/apps";

const PROVIDER = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
const ISSUER = "token.actions.githubusercontent.com";

/** The claims of a token that AWS looks at. */
interface Token {
  readonly aud: string;
  readonly sub: string;
  readonly ref: string;
}

interface Statement {
  readonly Effect: string;
  readonly Principal: unknown;
  readonly Action: string;
  readonly Condition: Record<string, Record<string, string | readonly string[]>>;
}

/** Whether AWS would let a token take the role: every key of every condition has to hold exactly, as StringEquals does. */
function admits(trust: GithubTrust, token: Token): boolean {
  const { Statement: statements } = JSON.parse(trustGithub(PROVIDER, trust)) as { Statement: Statement[] };
  return statements.some(({ Condition }) => {
    expect(Object.keys(Condition)).toEqual(["StringEquals"]);
    return Object.entries(Condition.StringEquals ?? {}).every(([key, wanted]) => {
      const claim = key.slice(ISSUER.length + 1) as keyof Token;
      return [wanted].flat().includes(token[claim]);
    });
  });
}

const token = (sub: string, ref = "refs/heads/main", aud = "sts.amazonaws.com"): Token => ({ sub, ref, aud });

const older = ciStack(plain).app.ci.github;
const newer = ciStack(rich).app.ci.github;

describe("who may release", () => {
  test.each([
    ["a push to the branch", "repo:acme/shop:ref:refs/heads/main", true],
    ["a push to another branch", "repo:acme/shop:ref:refs/heads/other", false],
    ["a branch that begins alike", "repo:acme/shop:ref:refs/heads/main2", false],
    ["a tag of that name", "repo:acme/shop:ref:refs/tags/main", false],
    ["a pull request", "repo:acme/shop:pull_request", false],
    ["an environment", "repo:acme/shop:environment:main", false],
    ["another repository of the owner", "repo:acme/other:ref:refs/heads/main", false],
    ["a repository whose name begins alike", "repo:acme/shop2:ref:refs/heads/main", false],
    ["the same name of another owner", "repo:evil/shop:ref:refs/heads/main", false],
    ["the name in capitals", "repo:ACME/shop:ref:refs/heads/main", false],
    ["a repository that was made anew under the name", "repo:acme@9/shop@9:ref:refs/heads/main", false],
  ])("%s", (_, sub, isAdmitted) => {
    expect(admits(deployTrust(older), token(sub))).toBe(isAdmitted);
  });

  test("nobody with a token for somebody else", () => {
    const sub = "repo:acme/shop:ref:refs/heads/main";
    expect(admits(deployTrust(older), token(sub, "refs/heads/main", "https://github.com/acme"))).toBe(false);
  });

  const ENVIRONMENT = "repo:Acme-Corp@583231/store.app@1296269:environment:production";
  test.each([
    ["the environment, from the branch", ENVIRONMENT, "refs/heads/release/next", true],
    ["the environment, from another branch", ENVIRONMENT, "refs/heads/main", false],
    [
      "the branch without the environment",
      "repo:Acme-Corp@583231/store.app@1296269:ref:refs/heads/release/next",
      "refs/heads/release/next",
      false,
    ],
    [
      "another environment",
      "repo:Acme-Corp@583231/store.app@1296269:environment:staging",
      "refs/heads/release/next",
      false,
    ],
    [
      "the older form of the subject",
      "repo:Acme-Corp/store.app:environment:production",
      "refs/heads/release/next",
      false,
    ],
    [
      "a recycled name with other ids",
      "repo:Acme-Corp@583231/store.app@1296270:environment:production",
      "refs/heads/release/next",
      false,
    ],
  ])("with an environment and ids: %s", (_, sub, ref, isAdmitted) => {
    expect(admits(deployTrust(newer), token(sub, ref))).toBe(isAdmitted);
  });
});

describe("who may look", () => {
  test.each([
    ["a pull request", "repo:acme/shop:pull_request", true],
    ["the schedule on the default branch", "repo:acme/shop:ref:refs/heads/main", true],
    ["another branch", "repo:acme/shop:ref:refs/heads/other", false],
    ["a pull request of another repository", "repo:acme/other:pull_request", false],
  ])("%s", (_, sub, isAdmitted) => {
    expect(admits(planTrust(older), token(sub))).toBe(isAdmitted);
  });

  test.each([
    ["a pull request", "repo:Acme-Corp@583231/store.app@1296269:pull_request", true],
    ["the default branch", "repo:Acme-Corp@583231/store.app@1296269:ref:refs/heads/trunk", true],
    [
      "the branch of releases, which is another",
      "repo:Acme-Corp@583231/store.app@1296269:ref:refs/heads/release/next",
      false,
    ],
  ])("with ids: %s", (_, sub, isAdmitted) => {
    expect(admits(planTrust(newer), token(sub))).toBe(isAdmitted);
  });
});

test("the policy trusts the provider for the one action that exchanges tokens, and has no wildcard", () => {
  const text = trustGithub(PROVIDER, planTrust(newer));
  expect(text).not.toMatch(/[*?]|StringLike/);
  expect(JSON.parse(text)).toMatchObject({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Federated: PROVIDER }, Action: "sts:AssumeRoleWithWebIdentity" }],
  });
});
