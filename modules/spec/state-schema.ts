import { z } from "zod";
import { awsRegion, hostName, kebab, safety, tags, wholeNumber } from "./fields";
import { bucketName, kmsKey, state } from "./sections/data";

/** What all apps of an account and region share: the bucket of their states, and a hosted zone by choice. */
export const stateSchema = z.strictObject({
  /** Whose states these are, a company or a product; part of the bucket's name. */
  name: kebab(2, 20),
  /** AWS region of the bucket. */
  region: awsRegion(),
  /** Literal name of the bucket. @default - "<name>-state-" and eight random digits */
  bucket: bucketName().optional(),
  /** KMS key that encrypts the bucket. @default - S3's own key (SSE-S3) */
  kmsKeyId: kmsKey().optional(),
  /** Days after which an older version of a state goes. @default 90 */
  noncurrentDays: wholeNumber(1, 3650, "days").default(90),
  /** Newest older versions of each state that stay whatever their age. @default 50 */
  keepNoncurrent: wholeNumber(1, 100, "versions").default(50),
  /** A domain whose hosted zone in Route 53 is made as well; $0.50 a month. @default - none */
  hostedZone: hostName().optional(),
  /** Whether bucket and zone refuse to be destroyed, and the bucket's versions to be deleted by hand. @default true */
  protect: safety().default(true),
  /** Tags on every resource, besides Application, Environment, Tier and ManagedBy. @default {} */
  tags: tags().default({}),
  /** Where this stack keeps its own state: its bucket exists only after the first apply. @default local */
  state: state.prefault({}),
});

/** What an author writes, for the autocompletion of `defineState`. */
export type StateInput = z.input<typeof stateSchema>;
