/** The backups in a stack's bucket: each version of the manifest is one. */
import { GetObjectCommand, ListObjectVersionsCommand, type ObjectVersion, S3Client } from "@aws-sdk/client-s3";
import { asking, quietSdk } from "../lib/aws";
import { UserError } from "../lib/errors";
import { table } from "../lib/terminal";
import { type Deployed, MANIFEST_KEY } from "../lib/deployed";

/** Manifests that are read at the same time. */
const AT_ONCE = 8;

export interface DatabaseDump {
  database: string;
  /** Of the dump. */
  bytes: number;
  /** Of all tables together. */
  rows: number;
  tables: number;
  /** S3 version of the dump. */
  versionId: string;
}

export interface Backup {
  id: string;
  /** When the dumps were taken, ISO 8601. */
  takenAt: string;
  /** Why: "daily", "by hand", "before the restore of …". */
  reason: string;
  /** Version of the PostgreSQL server. */
  server: string;
  bytes: number;
  databases: DatabaseDump[];
  /** Databases on the server that are not in the specification. */
  notBackedUp: string[];
}

interface Manifest {
  id: string;
  startedAt: string;
  reason: string;
  server: string;
  notBackedUp: string[];
  files: { kind: string; bytes: number; versionId: string; database?: string; rows?: Record<string, number> }[];
}

/**
 * Every backup, the newest first.
 *
 * @param client - S3 in the bucket's region. @default - the user's own credentials and endpoint settings
 * @throws UserError when the bucket cannot be read
 */
export async function listBackups(
  { bucket, region }: Pick<Deployed, "bucket" | "region">,
  client: S3Client = defaultClient(region),
): Promise<Backup[]> {
  const needs = ["s3:ListBucketVersions", "s3:GetObject", "s3:GetObjectVersion"];
  try {
    return await asking(
      `s3://${bucket}/backups/`,
      needs,
      async () => {
        const versions = await manifestVersions(client, bucket);
        const backups: Backup[] = [];
        for (let at = 0; at < versions.length; at += AT_ONCE) {
          const few = versions.slice(at, at + AT_ONCE);
          backups.push(...(await Promise.all(few.map((version) => readBackup(client, bucket, version)))));
        }
        return backups.sort((a, b) => (a.id < b.id ? 1 : -1));
      },
      { byName: { NoSuchBucket: "the bucket is gone; apply the stack to make it anew" } },
    );
  } finally {
    client.destroy();
  }
}

function defaultClient(region: string): S3Client {
  quietSdk();
  return new S3Client({ region });
}

async function manifestVersions(client: S3Client, bucket: string): Promise<string[]> {
  const found: ObjectVersion[] = [];
  let next: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
  while (next) {
    const { Versions: versions = [], ...answer } = await client.send(
      new ListObjectVersionsCommand({ Bucket: bucket, Prefix: MANIFEST_KEY, ...next }),
    );
    found.push(...versions.filter(({ Key: key }) => key === MANIFEST_KEY));
    next = answer.IsTruncated
      ? { KeyMarker: answer.NextKeyMarker, VersionIdMarker: answer.NextVersionIdMarker }
      : undefined;
  }
  return found.flatMap(({ VersionId: id }) => id ?? []);
}

async function readBackup(client: S3Client, bucket: string, version: string): Promise<Backup> {
  const { Body: body } = await client.send(
    new GetObjectCommand({ Bucket: bucket, Key: MANIFEST_KEY, VersionId: version }),
  );
  const text = (await body?.transformToString("utf8")) ?? "";
  try {
    return fromManifest(JSON.parse(text) as Manifest);
  } catch {
    throw new UserError(`Version ${version} of s3://${bucket}/${MANIFEST_KEY} is no manifest of a backup.`);
  }
}

function fromManifest({ id, startedAt, reason, server, notBackedUp, files }: Manifest): Backup {
  return {
    id,
    takenAt: startedAt,
    reason,
    server,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    databases: files.flatMap(({ database, bytes, rows = {}, versionId }) => {
      const counts = Object.values(rows);
      const total = counts.reduce((sum, one) => sum + one, 0);
      return database === undefined ? [] : [{ database, bytes, rows: total, tables: tablesIn(rows), versionId }];
    }),
    notBackedUp,
  };
}

/** Large objects stand among the counts and are no table. */
const tablesIn = (rows: Record<string, number>): number =>
  Object.keys(rows).filter((name) => name.includes(".")).length;

/** The list as a table, with ages as of a moment. */
export function describeBackups(backups: readonly Backup[], now: Date): string {
  const rows = backups.map(({ id, takenAt, bytes, reason, databases }) => [
    id,
    age(now.getTime() - new Date(takenAt).getTime()),
    size(bytes),
    databases.map(({ database, rows: total }) => `${database} (${total} rows)`).join(", "),
    reason,
  ]);
  const left = [...new Set(backups[0]?.notBackedUp)];
  const warning = left.length > 0 ? `\n\nOn the server, but not backed up: ${left.join(", ")}` : "";
  return `${table([["id", "age", "size", "databases", "why"], ...rows], "")}${warning}`;
}

/** In the two largest units. */
function age(milliseconds: number): string {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000));
  const [hours, days] = [Math.floor(minutes / 60), Math.floor(minutes / 1440)];
  if (days >= 2) return `${days}d ${hours % 24}h`;
  return hours > 0 ? `${hours}h ${minutes % 60}m` : `${minutes}m`;
}

function size(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const unit = bytes > 0 ? Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10)) : 0;
  return `${(bytes / 1024 ** unit).toFixed(unit === 0 ? 0 : 1)} ${units[unit]}`;
}
