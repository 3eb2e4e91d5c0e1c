/** A state in an object of an S3 bucket, locked as Terraform locks it: by a lock object beside it. */
import { randomUUID } from "node:crypto";
import * as os from "node:os";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { StateBackend } from "../../modules/terraform/state-backend";
import { quietSdk } from "../lib/aws";
import { UserError } from "../lib/errors";
import { isRunning } from "../lib/lock";
import { lockInWords } from "../lib/state-trouble";
import type { Hold, Place, Version } from "./place";
import { asS3UserError } from "./s3-trouble";

type S3Backend = Extract<StateBackend, { type: "s3" }>;

/** A lock object, as Terraform writes it. */
interface Lock {
  ID: string;
  Operation: string;
  Info: string;
  Who: string;
  Version: string;
  Created: string;
  Path: string;
}

/** Versions that one call lists at most. */
const PAGE = 1000;

export class S3Place implements Place {
  readonly shown: string;
  readonly backend: Place["backend"];
  private readonly object: { Bucket: string; Key: string };
  private readonly lockObject: { Bucket: string; Key: string };

  /** @param client S3 in the bucket's region. @default - the user's own credentials and endpoint settings */
  constructor(
    private readonly settings: S3Backend,
    private readonly client: S3Client = defaultClient(settings.region),
  ) {
    const { type, bucket, key, ...rest } = settings;
    this.shown = `s3://${bucket}/${key}`;
    this.backend = { [type]: { bucket, key, ...rest } };
    this.object = { Bucket: bucket, Key: key };
    this.lockObject = { Bucket: bucket, Key: `${key}.tflock` };
  }

  read(): Promise<string | undefined> {
    return this.get(this.object);
  }

  async write(text: string): Promise<void> {
    const { kms_key_id: key } = this.settings;
    const encryption =
      key === undefined
        ? ({ ServerSideEncryption: "AES256" } as const)
        : ({ ServerSideEncryption: "aws:kms", SSEKMSKeyId: key } as const);
    const object = { ...this.object, Body: text, ContentType: "application/json" };
    await this.call((client) => client.send(new PutObjectCommand({ ...object, ...encryption })));
  }

  async hold(work: string): Promise<Hold> {
    const lock = this.newLock(work);
    while (!(await this.putLock(lock))) {
      const other = await this.readLock();
      if (other === undefined) continue;
      if (!isLeftByUs(other)) throw new UserError(`${this.shown}: ${inWords(other)}`);
      await this.deleteLock();
    }
    return {
      release: async () => {
        if ((await this.readLock())?.ID === lock.ID) await this.deleteLock();
      },
    };
  }

  async versions(limit: number): Promise<Version[]> {
    const list = new ListObjectVersionsCommand({ Bucket: this.object.Bucket, Prefix: this.object.Key, MaxKeys: PAGE });
    const { Versions: found = [] } = await this.call((client) => client.send(list));
    return found
      .filter(({ Key: key }) => key === this.object.Key)
      .slice(0, limit)
      .map(({ VersionId: id = "", LastModified: modified = new Date(0), IsLatest: current = false }) => ({
        id,
        modified,
        current,
        read: () => this.readVersion(id),
      }));
  }

  private async readVersion(id: string): Promise<string> {
    return (await this.get({ ...this.object, VersionId: id })) ?? "";
  }

  /** The text of an object; undefined when there is none. */
  private get(object: { Bucket: string; Key: string; VersionId?: string }): Promise<string | undefined> {
    return this.call(async (client) => {
      try {
        const { Body: body } = await client.send(new GetObjectCommand(object));
        return body?.transformToString("utf8");
      } catch (error) {
        if ((error as Error).name === "NoSuchKey") return undefined;
        throw error;
      }
    });
  }

  /** Writes the lock unless there is one. @returns whether it was written */
  private putLock(lock: Lock): Promise<boolean> {
    const object = {
      ...this.lockObject,
      Body: JSON.stringify(lock),
      ContentType: "application/json",
      IfNoneMatch: "*",
    };
    return this.call(async (client) => {
      try {
        await client.send(new PutObjectCommand(object));
        return true;
      } catch (error) {
        if ((error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 412) return false;
        throw error;
      }
    });
  }

  private async readLock(): Promise<Lock | undefined> {
    const text = await this.get(this.lockObject);
    return text === undefined ? undefined : (JSON.parse(text) as Lock);
  }

  private async deleteLock(): Promise<void> {
    await this.call((client) => client.send(new DeleteObjectCommand(this.lockObject)));
  }

  private newLock(work: string): Lock {
    return {
      ID: randomUUID(),
      Operation: `${OURS} ${work}`,
      Info: `pid ${process.pid}`,
      Who: me(),
      Version: "",
      Created: new Date().toISOString(),
      Path: `${this.object.Bucket}/${this.object.Key}`,
    };
  }

  private async call<T>(work: (client: S3Client) => Promise<T>): Promise<T> {
    try {
      return await work(this.client);
    } catch (error) {
      throw asS3UserError(error, this.shown);
    }
  }
}

/** How the operation of our own locks begins. */
const OURS = "tiers state";

const me = (): string => `${os.userInfo().username}@${os.hostname()}`;

/** A lock of an earlier run of ours on this machine that was killed: its process is gone. */
function isLeftByUs({ Operation: operation, Who: who, Info: info }: Lock): boolean {
  const pid = Number(/^pid (\d+)$/.exec(info)?.[1]);
  return operation.startsWith(OURS) && who === me() && pid > 0 && !isRunning(pid);
}

const inWords = ({ ID: id, Who: who, Operation: operation, Created: created }: Lock): string =>
  lockInWords({ id, who, operation, created });

function defaultClient(region: string): S3Client {
  quietSdk();
  return new S3Client({ region });
}
