import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { Construct } from "constructs";
import { AWS_AUDIENCE, GITHUB_ISSUER } from "./github-trust";

export interface GithubProviderProps {
  readonly accountId: string;
  /** Whether to make the provider, or to take the one that the account has. */
  readonly mode: "create" | "existing";
}

/**
 * GitHub as an identity provider of the account, which has room for one of it. No thumbprint is given: AWS checks GitHub's
 * certificate by its own list of authorities and looks at thumbprints of other issuers only.
 *
 * Cost: none.
 */
export class GithubProvider extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { accountId, mode }: GithubProviderProps) {
    super(scope, id);
    this.arn =
      mode === "existing"
        ? `arn:aws:iam::${accountId}:oidc-provider/${GITHUB_ISSUER}`
        : new IamOpenidConnectProvider(this, "provider", {
            url: `https://${GITHUB_ISSUER}`,
            clientIdList: [AWS_AUDIENCE],
          }).arn;
  }
}
