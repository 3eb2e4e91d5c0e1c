import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { Construct } from "constructs";
import { logicalId } from "../naming/logical-ids";
import type { PhysicalNames } from "../naming/physical-names";

export interface LogGroupsProps {
  readonly names: PhysicalNames;
  /** What writes a log of its own, such as the services: one group each. */
  readonly keys: readonly string[];
  /** Days that entries are kept, a number that CloudWatch Logs knows. */
  readonly retentionDays: number;
}

/**
 * A log group for each key, named `/<app>/<tier>/<key>`, with the logical id `<id>_<key>`. A group goes with its stack:
 * what must outlive it is exported before.
 *
 * Cost: $0.50 (us-east-1) to $0.70 (ap-southeast-1) per GB written and $0.03 per GB and month kept; the first 5 GB a
 * month of an account are free. 5 GB beyond those come to 5 x $0.70 + 5 x $0.03 = $3.65 in ap-southeast-1.
 */
export class LogGroups extends Construct {
  /** Name of each group by key. */
  readonly names: Readonly<Record<string, string>>;
  /** ARN of each group by key, without the trailing `:*` that permissions on its streams need. */
  readonly arns: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, props: LogGroupsProps) {
    super(scope, id);
    const { names, keys, retentionDays } = props;
    const nameOf = (key: string) => names.pathOf("aws_cloudwatch_log_group", logicalId(id, key), key, "/");
    const groups = keys.map((key) => ({ key, name: nameOf(key) }));
    this.names = Object.fromEntries(groups.map(({ key, name }) => [key, name]));
    this.arns = Object.fromEntries(
      groups.map(({ key, name }) => [
        key,
        new CloudwatchLogGroup(this, key, { name, retentionInDays: retentionDays, skipDestroy: false }).arn,
      ]),
    );
  }
}
