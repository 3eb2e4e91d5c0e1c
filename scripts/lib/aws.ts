/** What AWS says no to, in one line and with what to do. */
import { UserError } from "./errors";

interface AwsError {
  name?: string;
  message?: string;
  code?: string;
  $metadata?: { httpStatusCode?: number };
}

/** What a caller knows about its own calls. */
export interface Refusals {
  /** Who is asked, as in "S3 cannot be reached". @default "AWS" */
  service?: string;
  /** Sentences by the name of the error; they beat the general ones. */
  byName?: Readonly<Record<string, string>>;
  /** Sentences by HTTP status, for errors without a name of their own. */
  byStatus?: Readonly<Record<number, string>>;
}

const SIGN_IN: Readonly<Record<string, string>> = {
  CredentialsProviderError: "there are no AWS credentials; sign in, for example with aws sso login",
  ExpiredToken: "the AWS credentials have expired; sign in again",
  ExpiredTokenException: "the AWS credentials have expired; sign in again",
  InvalidAccessKeyId: "AWS does not know the access key; sign in again",
  SignatureDoesNotMatch: "AWS does not accept the secret key; sign in again",
  UnrecognizedClientException: "AWS does not know the access key; sign in again",
  InvalidClientTokenId: "AWS does not know the access key; sign in again",
};

/**
 * Runs a call and turns its failure into a line for the user.
 *
 * @param what - what was asked for, such as "s3://bucket/backups/"
 * @param needs - the actions that the user's role needs for it
 * @throws UserError for what the user can mend
 */
export async function asking<T>(
  what: string,
  needs: readonly string[],
  call: () => Promise<T>,
  refusals: Refusals = {},
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw asUserError(error, what, {
      ...refusals,
      byStatus: { 403: `AWS refused access; needed: ${needs.join(", ")}`, ...refusals.byStatus },
    });
  }
}

/** The error of a call for the user; what AWS did not say comes back as it is. */
export function asUserError(
  error: unknown,
  what: string,
  { service = "AWS", byName = {}, byStatus = {} }: Refusals,
): unknown {
  if (error instanceof UserError) return error;
  const { name = "", message = "", code = "", $metadata } = error as AwsError;
  const status = name.startsWith("AccessDenied") ? 403 : ($metadata?.httpStatusCode ?? 0);
  const reason = byName[name] ?? SIGN_IN[name] ?? byStatus[status];
  if (reason !== undefined) return new UserError(`${what}: ${reason}.`);
  if (/^E[A-Z]+$/.test(code) || name === "TimeoutError" || status === 503) {
    return new UserError(`${what}: ${service} cannot be reached (${code || name || "503"}); try again when it can.`);
  }
  return $metadata ? new UserError(`${what}: ${service} refused: ${message || name}.`) : error;
}

/**
 * Whether the same call may succeed later although nobody mends anything: the network was away, AWS had a fault, or was asked
 * too often. Never so for a refusal, or for credentials that do not hold.
 */
export function mayPass(error: unknown): boolean {
  const { name = "", code = "", $metadata } = error as AwsError;
  const status = $metadata?.httpStatusCode ?? 0;
  if (name in SIGN_IN || name.startsWith("AccessDenied") || status === 401 || status === 403) return false;
  if (/^E(?!RR_)[A-Z_]+$/.test(code) || name === "TimeoutError") return true;
  return status === 429 || status >= 500 || /Throttl|TooManyRequests|RequestLimitExceeded/.test(name);
}

/** The SDK would tell the user that its releases of 2027 need a newer Node; this project pins an older release. */
export function quietSdk(): void {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
}
