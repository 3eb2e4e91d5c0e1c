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
 * Refuses an environment that carries real credentials. A profile is no credential: it names an entry of a file that
 * simulated runs never read.
 * @throws UserError naming the variables, never their values.
 */
export function refuseRealCredentials(env: NodeJS.ProcessEnv): void {
  const real = CREDENTIALS.filter((name) => env[name] && env[name] !== DUMMY_KEY);
  if (real.length === 0) return;
  throw new UserError(
    `Real AWS credentials are set in this shell (${real.join(", ")}). The simulated AWS needs none, and does not run ` +
      `beside them, so that no command of a simulated run can ever reach a real account. ` +
      `Run it as: env ${real.map((name) => `-u ${name}`).join(" ")} <command>`,
    2,
  );
}
