/** What S3 says no to, in one line and with what to do. */
import { UserError } from "../lib/errors";

interface S3Error {
  name?: string;
  message?: string;
  code?: string;
  $metadata?: { httpStatusCode?: number };
}

const REASONS: Record<string, string> = {
  NoSuchBucket: "there is no such bucket; make it with tiers state bootstrap, or correct its name",
  CredentialsProviderError: "there are no AWS credentials; sign in, for example with aws sso login",
  ExpiredToken: "the AWS credentials have expired; sign in again",
  InvalidAccessKeyId: "AWS does not know the access key; sign in again",
  SignatureDoesNotMatch: "AWS does not accept the secret key; sign in again",
  PermanentRedirect: "the bucket is in another region; correct state.region of the app, or --region",
  AuthorizationHeaderMalformed: "the bucket is in another region; correct state.region of the app, or --region",
  NoSuchVersion: "there is no such version; tiers state history shows those that exist",
};

const BY_STATUS: Record<number, string> = {
  301: "the bucket is in another region; correct state.region of the app, or --region",
  403: "AWS refused access; needed are s3:ListBucket, s3:ListBucketVersions, and s3:GetObject, s3:GetObjectVersion, s3:PutObject and s3:DeleteObject on its objects",
  404: "it does not exist",
};

/** The error of a call, for the user. */
export function asS3UserError(error: unknown, shown: string): unknown {
  if (error instanceof UserError) return error;
  const { name = "", message = "", code = "", $metadata } = error as S3Error;
  const reason = REASONS[name] ?? BY_STATUS[$metadata?.httpStatusCode ?? 0];
  if (reason !== undefined) return new UserError(`${shown}: ${reason}.`);
  if (/^E[A-Z]+$/.test(code) || name === "TimeoutError" || $metadata?.httpStatusCode === 503) {
    return new UserError(`${shown}: S3 cannot be reached (${code || name || "503"}); try again when it can.`);
  }
  return $metadata ? new UserError(`${shown}: S3 refused: ${message || name}.`) : error;
}
