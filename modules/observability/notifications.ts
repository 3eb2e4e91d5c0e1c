import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { TerraformIterator } from "cdktf";
import { Construct } from "constructs";
import { logicalId } from "../naming/logical-ids";
import type { PhysicalNames } from "../naming/physical-names";
import { policyJson, type Statement } from "../security/policies";

export interface NotificationsProps {
  readonly names: PhysicalNames;
  /** Mail addresses as a list reference; an empty list subscribes nobody. */
  readonly emails: string[];
  /** Whether budgets of the account may publish as well. @default false */
  readonly budgets?: boolean;
}

/**
 * The topic that alarms go to, and a mail subscription per address. Each address gets a link that must be clicked once;
 * until then SNS sends it nothing, and Terraform cannot click. Only alarms, and where it is asked for
 * budgets, of the same account may publish.
 *
 * The topic is not encrypted at rest, on purpose: CloudWatch cannot publish to a topic under the AWS-managed key
 * (alias/aws/sns), because that key's policy cannot be opened to it, and alarms would be lost without an error. A key of
 * one's own is $1 a month for messages that hold metric names and numbers and go on by plain mail.
 *
 * Cost: none below 1,000 mails a month.
 */
export class Notifications extends Construct {
  readonly topicArn: string;

  constructor(scope: Construct, id: string, props: NotificationsProps) {
    super(scope, id);
    const topic = new SnsTopic(this, "topic", {
      name: props.names.of("aws_sns_topic", logicalId(id, "topic"), "alerts"),
    });
    this.letOwnPublish(topic, props.budgets ?? false);
    this.subscribe(topic, props.emails);
    this.topicArn = topic.arn;
  }

  private letOwnPublish({ arn, owner }: SnsTopic, budgets: boolean): void {
    const ofThisAccount = (sid: string, service: string): Statement => ({
      sid,
      principals: { Service: service },
      actions: ["sns:Publish"],
      resources: [arn],
      condition: { StringEquals: { "aws:SourceAccount": owner } },
    });
    new SnsTopicPolicy(this, "policy", {
      arn,
      policy: policyJson([
        ofThisAccount("AlarmsOfThisAccount", "cloudwatch.amazonaws.com"),
        ...(budgets ? [ofThisAccount("BudgetsOfThisAccount", "budgets.amazonaws.com")] : []),
        {
          sid: "OnlyOverTls",
          effect: "Deny",
          principals: "*",
          actions: ["sns:Publish"],
          resources: [arn],
          condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ]),
    });
  }

  /** Keyed by the address, so that adding or removing one never touches another. */
  private subscribe({ arn }: SnsTopic, emails: string[]): void {
    const each = TerraformIterator.fromList(emails);
    new SnsTopicSubscription(this, "email", { forEach: each, topicArn: arn, protocol: "email", endpoint: each.value });
  }
}
