import { Wafv2WebAcl, type Wafv2WebAclRule } from "@cdktf/provider-aws/lib/wafv2-web-acl";
import { Wafv2WebAclAssociation } from "@cdktf/provider-aws/lib/wafv2-web-acl-association";
import { Construct } from "constructs";
import type { PhysicalNames } from "../naming/physical-names";

export interface WebAclProps {
  readonly names: PhysicalNames;
  readonly balancerArn: string;
  /** Most requests of one address in five minutes. */
  readonly requestsPerFiveMinutes: number;
  /**
   * Header that holds the client's address when a CDN stands in front; without it the CDN's own addresses would be counted.
   * Only a header that clients cannot send past the CDN is of use.
   * @default - none: clients connect themselves
   */
  readonly clientHeader?: string;
}

const FIVE_MINUTES = 300;

/**
 * Rules of the common set that count and do not block: it takes a body of more than 8 KiB for an attack, which every upload
 * has.
 */
const COUNTED = ["SizeRestrictions_BODY"];

/**
 * A web application firewall before the load balancer: a limit of requests per address, and the common rules that AWS
 * keeps. It writes no logs; the console shows samples of what it stops, and CloudWatch the numbers.
 *
 * Cost: $7 a month ($5, and $1 for each rule) and $0.60 per million requests.
 */
export class WebAcl extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: WebAclProps) {
    super(scope, id);
    const { names, balancerArn } = props;
    const acl = new Wafv2WebAcl(this, "acl", {
      name: names.of("aws_wafv2_web_acl", `${id}_acl`, "public"),
      description: "Limit per address and common rules for the public load balancer",
      scope: "REGIONAL",
      defaultAction: { allow: {} },
      visibilityConfig: visible("public"),
      rule: [limit(props), commonRules()],
    });
    this.arn = acl.arn;
    new Wafv2WebAclAssociation(this, "association", { webAclArn: acl.arn, resourceArn: balancerArn });
  }
}

/** Statements are written as in Terraform: the bindings have no names of their own for them. The limit comes first, so that a flood is stopped before anything looks at it. */
function limit({ requestsPerFiveMinutes, clientHeader }: WebAclProps): Wafv2WebAclRule {
  const byHeader = {
    aggregate_key_type: "FORWARDED_IP",
    // What stands in the header and is no address is stopped.
    forwarded_ip_config: { header_name: clientHeader, fallback_behavior: "MATCH" },
  };
  return {
    name: "requests-per-address",
    priority: 0,
    action: { block: {} },
    statement: {
      rate_based_statement: {
        limit: requestsPerFiveMinutes,
        evaluation_window_sec: FIVE_MINUTES,
        ...(clientHeader === undefined ? { aggregate_key_type: "IP" } : byHeader),
      },
    },
    visibilityConfig: visible("requests-per-address"),
  };
}

const commonRules = (): Wafv2WebAclRule => ({
  name: "common-rules",
  priority: 1,
  overrideAction: { none: {} },
  statement: {
    managed_rule_group_statement: {
      vendor_name: "AWS",
      name: "AWSManagedRulesCommonRuleSet",
      rule_action_override: COUNTED.map((name) => ({ name, action_to_use: { count: {} } })),
    },
  },
  visibilityConfig: visible("common-rules"),
});

function visible(metricName: string) {
  return { metricName, cloudwatchMetricsEnabled: true, sampledRequestsEnabled: true };
}
