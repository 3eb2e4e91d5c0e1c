import { AmplifyApp as Amplify } from "@cdktf/provider-aws/lib/amplify-app";
import { AmplifyBranch } from "@cdktf/provider-aws/lib/amplify-branch";
import { Construct } from "constructs";
import type { PhysicalNames } from "../naming/physical-names";
import { literalText } from "../terraform/escape";
import { amplifyBuildSpec, type AmplifyBuild } from "./amplify-build";

export interface AmplifyAppProps {
  readonly names: PhysicalNames;
  /** Branch whose commits are built and published. */
  readonly branch: string;
  readonly build: AmplifyBuild;
  /** Settings of the build by name; they end up in files that everyone can read. */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * The repository, and a token that may install a webhook in it. Both are arguments of the app: **the token stands in
   * Terraform's state**, because the provider has no write-only argument for it.
   * @default - none: a person connects the repository in the Amplify console, and no token is needed
   */
  readonly repository?: {
    /** Such as "https://github.com/acme/shop". */
    readonly url: string;
    /** As a reference to a sensitive variable. Read when the app is created; later applies do without. */
    readonly token: string;
  };
}

/** Paths that name no file lead to the single page, whose router knows them. */
const TO_SINGLE_PAGE = {
  source: String.raw`</^[^.]+$|\.(?!(avif|css|gif|html|ico|jpe?g|js|json|map|mjs|png|svg|ttf|txt|wasm|webmanifest|webp|woff2?|xml)$)([^.]+$)/>`,
  target: "/index.html",
  status: "200",
};

/**
 * A single-page app that Amplify builds and publishes over its CDN, with TLS. Without `repository` it is an app without one:
 * somebody connects it once in the console (Amplify's own GitHub App, which reads only what it is given), chooses `branch`,
 * and Terraform leaves that connection alone. With one, the branch is part of the stack, and its first build is that of the
 * next commit.
 *
 * Cost: $0.01 per minute of building, $0.15 per GB served, $0.023 per GB and month stored.
 */
export class AmplifyApp extends Construct {
  readonly appId: string;
  /** Address of the published branch. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: AmplifyAppProps) {
    super(scope, id);
    const { names, branch, build, environment, repository } = props;
    const app = new Amplify(this, "app", {
      name: names.of("aws_amplify_app", `${id}_app`, "web"),
      description: "Single-page app",
      platform: "WEB",
      repository: repository?.url,
      accessToken: repository?.token,
      buildSpec: literalText(amplifyBuildSpec(build)),
      environmentVariables: { ...rootVariable(build), ...environment },
      customRule: [TO_SINGLE_PAGE],
      lifecycle: { ignoreChanges: [repository === undefined ? "repository" : "access_token"] },
    });
    if (repository !== undefined) this.createBranch(app, branch);
    this.appId = app.id;
    this.url = `https://${subdomain(branch)}.${app.defaultDomain}`;
  }

  private createBranch(app: Amplify, branch: string): void {
    new AmplifyBranch(this, "branch", {
      appId: app.id,
      branchName: branch,
      stage: "PRODUCTION",
      enableAutoBuild: true,
    });
  }
}

/** Amplify takes a folder of the repository as the app's root only when told so twice. */
const rootVariable = ({ folder }: AmplifyBuild): Record<string, string> =>
  folder === undefined ? {} : { AMPLIFY_MONOREPO_APP_ROOT: folder };

/** What a branch is called in an address. */
const subdomain = (branch: string): string => branch.toLowerCase().replace(/[^a-z0-9-]+/g, "-");
