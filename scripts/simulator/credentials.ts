/** Keeps real AWS credentials and simulated runs apart. */
import { UserError } from "../lib/errors";

/** Stands where a key is needed and none is used. */
export const DUMMY_KEY = "simulated";

/** Variables that carry credentials, or fetch them without any file. */
const CREDENTIALS = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_SECURITY_TOKEN",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
];

/**
 * Names of the variables that carry real credentials, never their values. A profile is none: it names an entry of a file
 * that simulated runs never read.
 */
export function ignoredCredentials(env: NodeJS.ProcessEnv): string[] {
  return CREDENTIALS.filter((name) => env[name] && env[name] !== DUMMY_KEY);
}

/**
 * Refuses an environment that carries real credentials. Whoever hands over an environment of its own without them tells
 * the user with {@link ignoredCredentials}.
 * @throws UserError naming the variables, never their values.
 */
export function refuseRealCredentials(env: NodeJS.ProcessEnv): void {
  const real = ignoredCredentials(env);
  if (real.length === 0) return;
  throw new UserError(
    `Real AWS credentials are set in this shell (${real.join(", ")}). The simulated AWS needs none, and does not run ` +
      `beside them, so that no command of a simulated run can ever reach a real account. ` +
      `Run it as: env ${real.map((name) => `-u ${name}`).join(" ")} <command>`,
    2,
  );
}
