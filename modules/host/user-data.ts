import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../terraform/project-root";
import { literalText } from "../terraform/escape";

export interface LoaderSettings {
  /** Bucket of the configuration, a reference or a text. */
  readonly bucket: string;
  /** Prefix of the configuration in the bucket, with a trailing slash. */
  readonly prefix: string;
  readonly region: string;
  /** Folder of the app on the host. */
  readonly appDir: string;
}

/** EC2's limit for user data before encoding. */
export const USER_DATA_LIMIT = 16 * 1024;

/** The host's user data: a loader of a few lines that fetches everything else from the bucket. */
export function userData(settings: LoaderSettings): string {
  const loader = readFileSync(join(projectRoot(), "modules/host/files/loader.sh"), "utf8");
  return literalText(
    loader
      .replace("@BUCKET@", () => settings.bucket)
      .replace("@PREFIX@", () => settings.prefix)
      .replace("@REGION@", () => settings.region)
      .replace("@APP_DIR@", () => settings.appDir),
  );
}
