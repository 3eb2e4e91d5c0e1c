import { BudgetsBudget } from "@cdktf/provider-aws/lib/budgets-budget";
import { Construct } from "constructs";
import { logicalId } from "../naming/logical-ids";
import type { PhysicalNames } from "../naming/physical-names";

export interface BudgetProps {
  readonly names: PhysicalNames;
  /** US dollars a month. */
  readonly monthlyUsd: number;
  /** Topic that is told; its policy must let budgets publish. */
  readonly topicArn: string;
}

/** Parts of the limit, per cent, at which the topic is told. */
const WARNINGS = [80, 100] as const;

/**
 * A monthly budget of the whole account that tells the topic when 80 % and when all of it is spent. Not of this stack's tags
 * alone: a tag counts in bills only after somebody has activated it there, and until then such a budget stays at zero and
 * never warns. It warns and stops nothing. AWS updates its numbers up to three times a day.
 *
 * Cost: none; budgets without actions are free.
 */
export class Budget extends Construct {
  constructor(scope: Construct, id: string, { names, monthlyUsd, topicArn }: BudgetProps) {
    super(scope, id);
    new BudgetsBudget(this, "monthly", {
      name: names.of("aws_budgets_budget", logicalId(id, "monthly"), "monthly"),
      budgetType: "COST",
      timeUnit: "MONTHLY",
      limitAmount: String(monthlyUsd),
      limitUnit: "USD",
      notification: WARNINGS.map((percent) => ({
        notificationType: "ACTUAL",
        comparisonOperator: "GREATER_THAN",
        threshold: percent,
        thresholdType: "PERCENTAGE",
        subscriberSnsTopicArns: [topicArn],
      })),
    });
  }
}
