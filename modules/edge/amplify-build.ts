import { stringify } from "yaml";

/** How a single-page app is built. */
export interface AmplifyBuild {
  /** Folder of the repository that holds the app. @default - the repository itself */
  readonly folder?: string;
  /** Commands that fetch what the build needs, such as "npm ci". */
  readonly install: readonly string[];
  /** Commands that build, such as "npm run build". */
  readonly commands: readonly string[];
  /** Folder with the result, relative to the app's. */
  readonly output: string;
}

/** Build settings of Amplify, version 1. */
export function amplifyBuildSpec({ folder, install, commands, output }: AmplifyBuild): string {
  const frontend = {
    phases: { preBuild: { commands: install }, build: { commands } },
    artifacts: { baseDirectory: output, files: ["**/*"] },
    cache: { paths: ["node_modules/**/*"] },
  };
  const whole = folder === undefined ? { frontend } : { applications: [{ appRoot: folder, frontend }] };
  return stringify({ version: 1, ...whole }, { lineWidth: 0 });
}
