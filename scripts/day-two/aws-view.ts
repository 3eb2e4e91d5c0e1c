/** What AWS knows of a stack without its host. */
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { DescribeInstancesCommand, DescribeInstanceStatusCommand, EC2Client } from "@aws-sdk/client-ec2";
import { HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import { asking, quietSdk } from "../lib/aws";
import { type Deployed, MANIFEST_KEY } from "../lib/deployed";
import { UserError } from "../lib/errors";

/** A part of the answer, or why it could not be told. */
export type Told<T> = { value: T; trouble?: undefined } | { value?: undefined; trouble: string };

/** The answer, or the user's line in its place. */
export async function told<T>(ask: () => Promise<T>): Promise<Told<T>> {
  try {
    return { value: await ask() };
  } catch (error) {
    if (error instanceof UserError) return { trouble: error.message };
    throw error;
  }
}

export interface Instance {
  id: string;
  type: string;
  /** As EC2 says: "running", "stopped". */
  state: string;
  /** Both status checks, as EC2 says: "ok", "impaired", "initializing"; "unknown" when it does not run. */
  checks: string;
  publicIp: string;
}

/** @throws UserError when EC2 does not tell, or knows no such instance */
export async function readInstance({ region, instanceId }: Deployed): Promise<Instance> {
  quietSdk();
  const client = new EC2Client({ region });
  const only = { InstanceIds: [instanceId] };
  const needs = ["ec2:DescribeInstances", "ec2:DescribeInstanceStatus"];
  const gone = { "InvalidInstanceID.NotFound": "EC2 knows no such instance in this region; deploy the stack" };
  try {
    return await asking(
      `The instance ${instanceId}`,
      needs,
      async () => {
        const { Reservations: found = [] } = await client.send(new DescribeInstancesCommand(only));
        const instance = found[0]?.Instances?.[0];
        const { InstanceStatuses: statuses = [] } = await client.send(new DescribeInstanceStatusCommand(only));
        const both = [statuses[0]?.SystemStatus?.Status, statuses[0]?.InstanceStatus?.Status];
        return {
          id: instanceId,
          type: instance?.InstanceType ?? "",
          state: instance?.State?.Name ?? "unknown",
          checks: both.every((one) => one === both[0]) ? (both[0] ?? "unknown") : both.join(", "),
          publicIp: instance?.PublicIpAddress ?? "",
        };
      },
      { service: "EC2", byName: gone },
    );
  } finally {
    client.destroy();
  }
}

export interface AlarmState {
  name: string;
  /** "OK", "ALARM" or "INSUFFICIENT_DATA"; "MISSING" when somebody has deleted it. */
  state: string;
  /** Why, in CloudWatch's words. */
  reason: string;
}

/** Names that DescribeAlarms takes at once. */
const ALARMS_AT_ONCE = 100;

/** @throws UserError when CloudWatch does not tell */
export async function readAlarms({ region }: Deployed, names: readonly string[]): Promise<AlarmState[]> {
  quietSdk();
  const client = new CloudWatchClient({ region });
  try {
    const states = new Map<string, AlarmState>();
    for (let at = 0; at < names.length; at += ALARMS_AT_ONCE) {
      const AlarmNames = names.slice(at, at + ALARMS_AT_ONCE);
      const { MetricAlarms: found = [] } = await asking(
        "The stack's alarms",
        ["cloudwatch:DescribeAlarms"],
        () => client.send(new DescribeAlarmsCommand({ AlarmNames, MaxRecords: ALARMS_AT_ONCE })),
        { service: "CloudWatch" },
      );
      for (const { AlarmName: name = "", StateValue: state = "", StateReason: reason = "" } of found) {
        states.set(name, { name, state, reason });
      }
    }
    return names.map(
      (name) => states.get(name) ?? { name, state: "MISSING", reason: "CloudWatch knows no such alarm" },
    );
  } finally {
    client.destroy();
  }
}

/** Names that GetParameters takes at once. */
const PARAMETERS_AT_ONCE = 10;

/**
 * The released image of each service.
 *
 * @param parameters - name of the parameter, by service
 * @throws UserError when Parameter Store does not tell
 */
export async function readReleased(
  { region }: Deployed,
  parameters: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  quietSdk();
  const client = new SSMClient({ region });
  const names = Object.values(parameters);
  const values: Record<string, string> = {};
  try {
    for (let at = 0; at < names.length; at += PARAMETERS_AT_ONCE) {
      const Names = names.slice(at, at + PARAMETERS_AT_ONCE);
      const { Parameters: found = [] } = await asking("The released images", ["ssm:GetParameters"], () =>
        client.send(new GetParametersCommand({ Names })),
      );
      for (const { Name: name = "", Value: value = "" } of found) values[name] = value;
    }
  } finally {
    client.destroy();
  }
  return Object.fromEntries(Object.entries(parameters).map(([service, name]) => [service, values[name] ?? "none"]));
}

/**
 * Seconds since the newest backup was verified; null when there is none.
 *
 * @throws UserError when S3 does not tell
 */
export async function readBackupAge({ region, bucket }: Deployed, now: Date): Promise<number | null> {
  quietSdk();
  const client = new S3Client({ region });
  try {
    return await asking(`s3://${bucket}/${MANIFEST_KEY}`, ["s3:GetObject", "s3:ListBucket"], async () => {
      try {
        const { LastModified: at } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: MANIFEST_KEY }));
        return at ? Math.max(0, Math.round((now.getTime() - at.getTime()) / 1000)) : null;
      } catch (error) {
        if ((error as Error).name === "NotFound") return null;
        throw error;
      }
    });
  } finally {
    client.destroy();
  }
}
