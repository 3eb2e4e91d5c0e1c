/** What S3 says no to when it holds states, in one line and with what to do. */
import { asUserError, type Refusals } from "../lib/aws";

const ELSEWHERE = "the bucket is in another region; correct state.region of the app, or --region";

const REFUSALS: Refusals = {
  service: "S3",
  byName: {
    NoSuchBucket: "there is no such bucket; make it with tiers state bootstrap, or correct its name",
    PermanentRedirect: ELSEWHERE,
    AuthorizationHeaderMalformed: ELSEWHERE,
    NoSuchVersion: "there is no such version; tiers state history shows those that exist",
  },
  byStatus: {
    301: ELSEWHERE,
    403: "AWS refused access; needed are s3:ListBucket, s3:ListBucketVersions, and s3:GetObject, s3:GetObjectVersion, s3:PutObject and s3:DeleteObject on its objects",
    404: "it does not exist",
  },
};

/** The error of a call, for the user. */
export const asS3UserError = (error: unknown, shown: string): unknown => asUserError(error, shown, REFUSALS);
