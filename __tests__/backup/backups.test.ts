import { CreateBucketCommand, PutBucketVersioningCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeBackups, listBackups } from "../../scripts/backup";
import { type Moto, MOTO_INSTALL_MS, startMoto } from "../helpers/moto";

const REGION = "eu-central-1";
let moto: Moto;

beforeAll(async () => void (moto = await startMoto()), MOTO_INSTALL_MS);
afterAll(() => moto.stop());

const client = (settings: ConstructorParameters<typeof S3Client>[0] = {}) =>
  new S3Client({
    endpoint: moto.url,
    region: REGION,
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    ...settings,
  });

async function makeBucket(bucket: string): Promise<void> {
  const s3 = client();
  const place = { CreateBucketConfiguration: { LocationConstraint: REGION } } as const;
  await s3.send(new CreateBucketCommand({ Bucket: bucket, ...place }));
  await s3.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: "Enabled" } }));
}

async function publish(bucket: string, id: string, rows: number, key = "backups/manifest.json"): Promise<void> {
  const manifest = {
    id,
    startedAt: `2026-11-${id.slice(6, 8)}T02:00:00Z`,
    reason: "daily",
    server: "17.10",
    notBackedUp: ["scratch"],
    files: [
      {
        kind: "database",
        database: "shop",
        bytes: 3_000_000,
        versionId: "v",
        rows: { "public.a": rows, "public.b": 1, "large objects": 2 },
      },
      { kind: "globals", bytes: 700, versionId: "w" },
    ],
  };
  await client().send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: JSON.stringify(manifest) }));
}

describe("the list", () => {
  test("has every version of the manifest, the newest first, and nothing that only looks like one", async () => {
    await makeBucket("listed");
    for (const day of [19, 20, 21]) await publish("listed", `202611${day}T020000Z`, day);
    await publish("listed", "20261101T000000Z", 1, "backups/manifest.json.bak");
    const backups = await listBackups({ bucket: "listed", region: REGION }, client());
    expect(backups.map(({ id }) => id)).toEqual(["20261121T020000Z", "20261120T020000Z", "20261119T020000Z"]);
    expect(backups[0]).toEqual({
      id: "20261121T020000Z",
      takenAt: "2026-11-21T02:00:00Z",
      reason: "daily",
      server: "17.10",
      bytes: 3_000_700,
      databases: [{ database: "shop", bytes: 3_000_000, rows: 24, tables: 2, versionId: "v" }],
      notBackedUp: ["scratch"],
    });
    expect(describeBackups(backups, new Date("2026-11-21T07:30:00Z"))).toBe(
      [
        "id                age      size     databases       why",
        "20261121T020000Z  5h 30m   2.9 MiB  shop (24 rows)  daily",
        "20261120T020000Z  29h 30m  2.9 MiB  shop (23 rows)  daily",
        "20261119T020000Z  2d 5h    2.9 MiB  shop (22 rows)  daily",
        "",
        "On the server, but not backed up: scratch",
      ].join("\n"),
    );
  });

  test("of a bucket without a backup is empty", async () => {
    await makeBucket("empty");
    expect(await listBackups({ bucket: "empty", region: REGION }, client())).toEqual([]);
  });

  test("names an object that is no manifest", async () => {
    await makeBucket("broken");
    await client().send(new PutObjectCommand({ Bucket: "broken", Key: "backups/manifest.json", Body: "{" }));
    await expect(listBackups({ bucket: "broken", region: REGION }, client())).rejects.toThrow(
      /^Version \S+ of s3:\/\/broken\/backups\/manifest\.json is no manifest of a backup\.$/,
    );
  });

  test.each<[string, ConstructorParameters<typeof S3Client>[0], RegExp]>([
    ["a bucket that is gone", {}, /^s3:\/\/gone\/backups\/: the bucket is gone; apply the stack to make it anew\.$/],
    [
      "no credentials",
      {
        credentials: async () => {
          throw Object.assign(new Error("Could not load credentials"), { name: "CredentialsProviderError" });
        },
      },
      /there are no AWS credentials; sign in, for example with aws sso login\.$/,
    ],
    [
      "no network",
      { endpoint: "http://127.0.0.1:9" },
      /AWS cannot be reached \(ECONNREFUSED\); try again when it can\.$/,
    ],
  ])("says what is wrong: %s", async (_what, settings, message) => {
    await expect(listBackups({ bucket: "gone", region: REGION }, client(settings))).rejects.toThrow(message);
  });
});
