import { Wafv2WebAcl } from "@cdktf/provider-aws/lib/wafv2-web-acl";
import { Wafv2WebAclAssociation } from "@cdktf/provider-aws/lib/wafv2-web-acl-association";
import { describe, expect, test } from "vitest";
import { WebAcl } from "../../modules/edge/web-acl";
import { onlyOne, resourceTypes } from "../helpers/inspect";
import { NAMES, synthEdge } from "./parts";

const synthAcl = (clientHeader?: string): string =>
  synthEdge((stack) => {
    const balancerArn = "${aws_lb.public_alb.arn}";
    new WebAcl(stack, "waf", { names: NAMES, balancerArn, requestsPerFiveMinutes: 1500, clientHeader });
  });

const visible = (metric: string) => ({
  metric_name: metric,
  cloudwatch_metrics_enabled: true,
  sampled_requests_enabled: true,
});

describe("WebAcl", () => {
  test("stops floods of one address and what the common rules know, and lets the rest through", () => {
    expect(onlyOne(synthAcl(), Wafv2WebAcl)).toEqual({
      name: "shop-growth-public",
      description: "Limit per address and common rules for the public load balancer",
      scope: "REGIONAL",
      default_action: { allow: {} },
      visibility_config: visible("public"),
      rule: [
        {
          name: "requests-per-address",
          priority: 0,
          action: { block: {} },
          statement: {
            rate_based_statement: { limit: 1500, evaluation_window_sec: 300, aggregate_key_type: "IP" },
          },
          visibility_config: visible("requests-per-address"),
        },
        {
          name: "common-rules",
          priority: 1,
          override_action: { none: {} },
          statement: {
            managed_rule_group_statement: {
              vendor_name: "AWS",
              name: "AWSManagedRulesCommonRuleSet",
              rule_action_override: [{ name: "SizeRestrictions_BODY", action_to_use: { count: {} } }],
            },
          },
          visibility_config: visible("common-rules"),
        },
      ],
    });
  });

  test("behind a CDN counts the clients, not the CDN's own addresses", () => {
    const { rule } = onlyOne(synthAcl("CF-Connecting-IP"), Wafv2WebAcl) as { rule: { statement: object }[] };
    expect(rule[0]?.statement).toEqual({
      rate_based_statement: {
        limit: 1500,
        evaluation_window_sec: 300,
        aggregate_key_type: "FORWARDED_IP",
        forwarded_ip_config: { header_name: "CF-Connecting-IP", fallback_behavior: "MATCH" },
      },
    });
  });

  test("stands before the load balancer, and writes no logs", () => {
    const json = synthAcl();
    expect(onlyOne(json, Wafv2WebAclAssociation)).toEqual({
      web_acl_arn: "${aws_wafv2_web_acl.waf_acl.arn}",
      resource_arn: "${aws_lb.public_alb.arn}",
    });
    expect(resourceTypes(json)).toEqual(["aws_wafv2_web_acl", "aws_wafv2_web_acl_association"]);
  });
});
