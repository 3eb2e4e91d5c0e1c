import { BudgetsBudget } from "@cdktf/provider-aws/lib/budgets-budget";
import { expect, test } from "vitest";
import { Budget } from "../../modules/observability/budget";
import { resourcesOf, synth } from "../helpers/synth";
import { shopNames } from "./fixtures";

test("a monthly budget that tells the topic at 80 and at 100 per cent of what was spent", () => {
  const json = synth(
    (stack) => new Budget(stack, "budget", { names: shopNames(), monthlyUsd: 120, topicArn: "arn:topic" }),
  );
  const warning = {
    notification_type: "ACTUAL",
    comparison_operator: "GREATER_THAN",
    threshold_type: "PERCENTAGE",
    subscriber_sns_topic_arns: ["arn:topic"],
  };
  expect(resourcesOf(json, BudgetsBudget)).toEqual({
    budget_monthly: {
      name: "shop-mvp-monthly",
      budget_type: "COST",
      time_unit: "MONTHLY",
      limit_amount: "120",
      limit_unit: "USD",
      notification: [
        { ...warning, threshold: 80 },
        { ...warning, threshold: 100 },
      ],
    },
  });
});
