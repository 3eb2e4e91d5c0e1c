/** What AWS says no to when backups are looked at, in one line and with what to do. */
import { UserError } from "../lib/errors";

interface AwsError {
  name?: string;
  message?: string;
  code?: string;
  $metadata?: { httpStatusCode?: number };
}

const SIGN_IN: Readonly<Record<string, string>> = {
  CredentialsProviderError: "there are no AWS credentials; sign in, for example with aws sso login",
  ExpiredToken: "the AWS credentials have expired; sign in again",
  ExpiredTokenException: "the AWS credentials have expired; sign in again",
  InvalidAccessKeyId: "AWS does not know the access key; sign in again",
  SignatureDoesNotMatch: "AWS does not accept the secret key; sign in again",
  UnrecognizedClientException: "AWS does not know the access key; sign in again",
  NoSuchBucket: "the bucket is gone; apply the stack to make it anew",
};

/**
 * Runs a call and turns its failure into a line for the user.
 *
 * @param what - what was asked for, such as "s3://bucket/backups/"
 * @param needs - the actions that the user's role needs for it
 * @throws UserError for what the user can mend
 */
export async function asking<T>(what: string, needs: readonly string[], call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw explained(error, what, needs);
  }
}

function explained(error: unknown, what: string, needs: readonly string[]): unknown {
  if (error instanceof UserError) return error;
  const { name = "", message = "", code = "", $metadata } = error as AwsError;
  const signIn = SIGN_IN[name];
  if (signIn !== undefined) return new UserError(`${what}: ${signIn}.`);
  if ($metadata?.httpStatusCode === 403 || name.startsWith("AccessDenied")) {
    return new UserError(`${what}: AWS refused access; needed: ${needs.join(", ")}.`);
  }
  if (/^E[A-Z]+$/.test(code) || name === "TimeoutError" || $metadata?.httpStatusCode === 503) {
    return new UserError(`${what}: AWS cannot be reached (${code || name || "503"}); try again when it can.`);
  }
  return $metadata ? new UserError(`${what}: AWS refused: ${message || name}.`) : error;
}

/** The SDK would tell the user that its releases of 2027 need a newer Node; this project pins an older release. */
export function quietSdk(): void {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
}
