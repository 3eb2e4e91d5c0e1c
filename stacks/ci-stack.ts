import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import type { Construct } from "constructs";
import { BackupBucket } from "../modules/data/backup-bucket";
import { tagValue } from "../modules/naming/tag-value";
import {
  ciNames,
  ciRoleNames,
  DEPLOY_SESSION_SECONDS,
  PLAN_SESSION_SECONDS,
  placesOf,
} from "../modules/security/github-places";
import { GithubProvider } from "../modules/security/github-provider";
import { GithubRole } from "../modules/security/github-role";
import { planStatements } from "../modules/security/github-plan";
import { deployStatements, stateStatements } from "../modules/security/github-statements";
import { deployTrust, planTrust } from "../modules/security/github-trust";
import { isOn, type ResolvedCiStack } from "../modules/spec";
import { stateBackend, stateKey } from "../modules/terraform/state-backend";
import { emptyOrMatching, stringVariable } from "../modules/terraform/variables";
import { BaseStack, type StackBasis } from "./base-stack";

/**
 * What the GitHub workflows of one app need of AWS: GitHub as an identity provider, a role that reads for plans, and a
 * role that releases. A stack of its own, because no run of a workflow may change what it is allowed to do.
 *
 * Cost: none.
 */
export class CiStack extends BaseStack {
  private readonly accountId: string;
  private readonly stateBucket: string;

  constructor(
    scope: Construct,
    private readonly definition: ResolvedCiStack,
  ) {
    super(scope, basisOf(definition));
    this.stateBucket = this.declareStateBucket();
    this.accountId = new DataAwsCallerIdentity(this, "account").accountId;
    const { arn } = new GithubProvider(this, "github", {
      accountId: this.accountId,
      mode: definition.app.ci.oidcProvider,
    });
    this.createRoles(arn);
    this.output("account_id", {
      value: this.accountId,
      description: "The AWS account, for the repository variable AWS_ACCOUNT_ID",
    });
    this.output("identity_provider", { value: arn, description: "ARN of GitHub as an identity provider" });
  }

  private declareStateBucket(): string {
    return stringVariable(this, "state_bucket", {
      description:
        "S3 bucket of the app's states, which the roles may read. Empty means none: then no workflow gets far.",
      default: this.definition.app.state.bucket ?? "",
      rules: [emptyOrMatching("state_bucket", "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", "the name of an S3 bucket")],
    });
  }

  private createRoles(providerArn: string): void {
    const { app, stacks } = this.definition;
    const names = ciRoleNames(this.definition);
    const { accountId } = this;
    const { configPrefix, backupPrefix } = BackupBucket;
    const lastBackupKey = `${backupPrefix}manifest.json`;
    const places = stacks.map((stack) => ({ ...placesOf(stack), accountId, configPrefix, lastBackupKey }));
    const stateRights = stateStatements({
      bucket: this.stateBucket,
      keys: stacks.map(({ id }) => stateKey(app.name, id)),
      kmsKeyId: app.state.kmsKeyId,
      region: app.state.region,
      accountId,
    });
    const plan = new GithubRole(this, "plan", {
      name: names.plan,
      description: "Pull requests and the daily comparison: reads settings, changes nothing",
      providerArn,
      trust: planTrust(app.ci.github),
      sessionSeconds: PLAN_SESSION_SECONDS,
      statements: planStatements(places),
      stateStatements: stateRights,
    });
    const deploy = new GithubRole(this, "deploy", {
      name: names.deploy,
      description: "Releases: images of the app and commands on its hosts",
      providerArn,
      trust: deployTrust(app.ci.github),
      sessionSeconds: DEPLOY_SESSION_SECONDS,
      statements: deployStatements(places),
      stateStatements: stateRights,
    });
    this.output("plan_role", { value: plan.arn, description: "Role that plans and comparisons take" });
    this.output("deploy_role", { value: deploy.arn, description: "Role that releases take" });
  }
}

function basisOf(definition: ResolvedCiStack): StackBasis {
  const { id, app } = definition;
  return {
    id,
    region: app.region,
    tags: tagsOf(definition),
    names: ciNames(definition),
    backend: stateBackend(definition),
    outputAliases: {},
    writtenUnder: "ci",
  };
}

function tagsOf({ app }: ResolvedCiStack): Record<string, string> {
  const { name, environment, tags, protect } = app;
  return {
    ...tags,
    Application: name,
    Environment: environment,
    Tier: "ci",
    ManagedBy: "Terraform",
    ...(isOn(protect) ? {} : { ProtectionOff: tagValue(protect.off) }),
  };
}
