/**
 * The AWS account of a box: the stack is applied by the real Terraform to the simulated provider, and what the host then
 * talks to (bucket, configuration, image parameters, log groups) is put into moto.
 */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { AppInput } from "../../../modules/spec";
import type { WorldObject } from "../../../scripts/simulator";
import { type Moto, startMoto } from "../../helpers/moto";
import { SimulatedAccount } from "../../helpers/simulated";
import { AwsSocket } from "./aws-socket";

/** Where a stack was deployed to. */
export interface Account {
  /** Everything that exists in it. */
  world(): WorldObject[];
  /** Applies a changed app, with further arguments of `terraform apply`. */
  apply(app: AppInput, args: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

export class Cloud {
  private constructor(
    readonly moto: Moto,
    private readonly account: Account,
    /** The box's connection; its rule breaks requests. */
    readonly socket: AwsSocket,
    /** Folder that the box sees as /rehearsal. */
    readonly shared: string,
    readonly s3: S3Client,
    readonly ssm: SSMClient,
  ) {}

  /**
   * Deploys an app's stack.
   *
   * @param name unique among the clouds of this process
   * @param app has one stack, whose id is `stackId`
   */
  static async deploy(name: string, app: AppInput, stackId: string): Promise<Cloud> {
    const account = await SimulatedAccount.start(`box-${name}-${process.pid}`, [app]);
    await account.init(stackId);
    await account.apply(stackId);
    return Cloud.around(app.region, {
      world: () => account.world(),
      apply: async (changed, args) => {
        account.synthesize([changed]);
        await account.apply(stackId, ...args);
      },
      stop: () => account.stop(),
    });
  }

  /** Stands around a stack that is deployed already. */
  static async around(region: string, account: Account): Promise<Cloud> {
    const moto = await startMoto();
    const shared = fs.mkdtempSync(path.join(os.tmpdir(), "rehearsal-"));
    const socket = await AwsSocket.open(path.join(shared, "aws.sock"), moto.url);
    const settings = { endpoint: moto.url, region, credentials: { accessKeyId: "test", secretAccessKey: "test" } };
    const s3 = new S3Client({ ...settings, forcePathStyle: true });
    const cloud = new Cloud(moto, account, socket, shared, s3, new SSMClient(settings));
    await cloud.makeBucket();
    await cloud.publish();
    await cloud.makeParameters();
    await cloud.makeLogGroups();
    return cloud;
  }

  get bucket(): string {
    return this.attribute("aws_s3_bucket", "bucket");
  }

  get instanceId(): string {
    return this.attribute("aws_instance", "id");
  }

  get volumeId(): string {
    return this.attribute("aws_ebs_volume", "id");
  }

  /** Name of a service's repository. */
  repositoryName(service: string): string {
    const names = this.account
      .world()
      .flatMap(({ type, attributes }) => (type === "aws_ecr_repository" ? [String(attributes.name)] : []));
    const found = names.find((name) => name.endsWith(`/${service}`));
    if (found === undefined) throw new Error(`the account has no repository of ${service}`);
    return found;
  }

  /** The policy of the host's role, as it was deployed. */
  get hostPolicy(): string {
    return this.attribute("aws_iam_role_policy", "policy");
  }

  /** User data as the instance gets it. */
  get userData(): string {
    return this.attribute("aws_instance", "user_data");
  }

  /** Applies a changed app; its configuration reaches the bucket, and the host when it asks for it. */
  async change(app: AppInput, ...args: string[]): Promise<void> {
    await this.account.apply(app, args);
    await this.publish();
  }

  /** Says which image of a service is released. */
  async release(service: string, image: string): Promise<void> {
    const found = this.account
      .world()
      .find(({ type, attributes }) => type === "aws_ssm_parameter" && String(attributes.name).endsWith(`/${service}`));
    if (found === undefined) throw new Error(`no image parameter of ${service}`);
    await this.setParameter(String(found.attributes.name), image, true);
  }

  async setParameter(name: string, value: string, overwrite = false): Promise<void> {
    await this.ssm.send(new PutParameterCommand({ Name: name, Value: value, Type: "String", Overwrite: overwrite }));
  }

  async parameter(name: string): Promise<string | undefined> {
    const found = await this.ssm.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
    return found.Parameter?.Value;
  }

  /** Calls CloudWatch Logs, such as "FilterLogEvents". */
  async logs<T>(operation: string, input: object): Promise<T> {
    const region = await this.s3.config.region();
    const answer = await fetch(this.moto.url, {
      method: "POST",
      headers: {
        "x-amz-target": `Logs_20140328.${operation}`,
        "content-type": "application/x-amz-json-1.1",
        authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/logs/aws4_request, SignedHeaders=host, Signature=0`,
      },
      body: JSON.stringify(input),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${operation} was answered with ${answer.status}: ${text}`);
    return JSON.parse(text === "" ? "{}" : text) as T;
  }

  /** Text of an object, or of one of its versions. */
  async object(key: string, version?: string): Promise<string> {
    const found = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: key, VersionId: version }));
    return (await found.Body?.transformToString()) ?? "";
  }

  /** Keys and versions below a prefix, newest first per key. */
  async versions(prefix: string): Promise<{ key: string; version: string }[]> {
    const found = await this.s3.send(new ListObjectVersionsCommand({ Bucket: this.bucket, Prefix: prefix }));
    return (found.Versions ?? []).map(({ Key, VersionId }) => ({ key: Key ?? "", version: VersionId ?? "" }));
  }

  async close(): Promise<void> {
    await this.socket.close();
    await this.account.stop();
    await this.moto.stop();
    fs.rmSync(this.shared, { recursive: true, force: true });
  }

  private attribute(type: string, name: string): string {
    const found = this.account.world().find((object) => object.type === type);
    const value = found?.attributes[name];
    if (typeof value !== "string") throw new Error(`the account has no ${type} with ${name}`);
    return value;
  }

  private async makeBucket(): Promise<void> {
    const region = await this.s3.config.region();
    await this.s3.send(
      new CreateBucketCommand({
        Bucket: this.bucket,
        CreateBucketConfiguration: { LocationConstraint: region as "ap-southeast-1" },
      }),
    );
    await this.s3.send(
      new PutBucketVersioningCommand({ Bucket: this.bucket, VersioningConfiguration: { Status: "Enabled" } }),
    );
  }

  /** Puts the configuration that Terraform has written into the bucket. */
  async publish(): Promise<void> {
    for (const { type, attributes } of this.account.world()) {
      if (type !== "aws_s3_object") continue;
      const { key, content, metadata } = attributes as {
        key: string;
        content: string;
        metadata: Record<string, string> | null;
      };
      await this.s3.send(
        new PutObjectCommand({ Bucket: this.bucket, Key: key, Body: content, Metadata: metadata ?? {} }),
      );
    }
  }

  private async makeParameters(): Promise<void> {
    for (const { type, attributes } of this.account.world()) {
      if (type !== "aws_ssm_parameter") continue;
      const value = attributes.insecure_value ?? attributes.value;
      await this.setParameter(String(attributes.name), String(value));
    }
  }

  private async makeLogGroups(): Promise<void> {
    for (const { type, attributes } of this.account.world()) {
      if (type === "aws_cloudwatch_log_group") await this.logs("CreateLogGroup", { logGroupName: attributes.name });
    }
  }
}
