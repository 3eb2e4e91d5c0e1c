import { LbListenerRule, type LbListenerRuleConfig } from "@cdktf/provider-aws/lib/lb-listener-rule";
import { type ITerraformDependable, Op, Token } from "cdktf";
import { Construct } from "constructs";
import { plannedRules, type PlannedRule, type ServiceRoute } from "./listener-priorities";
import type { RuleListener } from "./load-balancer";
import type { TargetGroups } from "./target-groups";

export interface ListenerRulesProps {
  /** Listeners that lead to services; the first is the one that stays. */
  readonly listeners: readonly RuleListener[];
  readonly routes: readonly ServiceRoute[];
  readonly groups: Pick<TargetGroups, "ecs" | "spare">;
  /** Per cent of every service's requests that go to its spare group, as a reference to a number variable. */
  readonly sparePercent: number;
}

/** Numbers of the rules that go before those of services. */
const PRIORITY = { toHttps: 1, closedPaths: 2 };

/** What answers only inside: as with the proxy of tier mvp, metrics are not for the public. */
const CLOSED_PATHS = ["/metrics", "/metrics/*"];

/**
 * The rules that lead requests to services by host and path, the most specific first, and by weights to the service's own
 * targets and its spare ones.
 *
 * When a variable turns HTTPS on, a rule that redirects everything goes before those of port 80. They stay behind it, so
 * that the groups are attached to the load balancer without a gap, and before HTTPS is on: ECS starts no service whose group
 * is not.
 *
 * Cost: none; a listener has room for 100 rules.
 */
export class ListenerRules extends Construct {
  /** What must be there before a service can register its tasks. */
  readonly attached: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ListenerRulesProps) {
    super(scope, id);
    const planned = plannedRules(props.routes);
    this.attached = props.listeners.flatMap((listener) => {
      const closed = this.closePaths(listener);
      return planned.map((rule) => this.forward(listener, rule, closed, props));
    });
    const [first, second] = props.listeners;
    if (first && second) this.redirect(first, second);
  }

  /** After the rule that closes paths, so that they are closed from the first moment. */
  private forward(
    listener: RuleListener,
    rule: PlannedRule,
    closed: LbListenerRule,
    props: ListenerRulesProps,
  ): LbListenerRule {
    const { groups, sparePercent } = props;
    const ownPercent = Token.asNumber(Op.sub(100, sparePercent));
    const targets = [
      { arn: groups.ecs[rule.service]?.arn, weight: ownPercent },
      { arn: groups.spare[rule.service]?.arn, weight: sparePercent },
    ];
    return this.rule(listener, rule.id, {
      priority: rule.priority,
      condition: [
        ...(rule.hosts.length === 0 ? [] : [{ hostHeader: { values: [...rule.hosts] } }]),
        { pathPattern: { values: [rule.path] } },
      ],
      action: [{ type: "forward", forward: { targetGroup: targets.map(known) } }],
      dependsOn: [closed],
    });
  }

  private closePaths(listener: RuleListener): LbListenerRule {
    return this.rule(listener, "closed_paths", {
      priority: PRIORITY.closedPaths,
      condition: [{ pathPattern: { values: CLOSED_PATHS } }],
      action: [{ type: "fixed-response", fixedResponse: { contentType: "text/plain", statusCode: "404" } }],
    });
  }

  /** After all rules of HTTPS, so that nobody is sent to where nothing answers. */
  private redirect(https: RuleListener, http: RuleListener): void {
    const rule = this.rule(http, "to_https", {
      priority: PRIORITY.toHttps,
      condition: [{ pathPattern: { values: ["/*"] } }],
      action: [{ type: "redirect", redirect: { port: "443", protocol: "HTTPS", statusCode: "HTTP_301" } }],
      dependsOn: [...this.attached],
    });
    rule.addOverride("count", https.count);
  }

  private rule(
    { scheme, arn, count }: RuleListener,
    id: string,
    config: Omit<LbListenerRuleConfig, "listenerArn">,
  ): LbListenerRule {
    const rule = new LbListenerRule(this, `${scheme}_${id}`, { ...config, listenerArn: arn });
    if (count !== undefined) rule.addOverride("count", count);
    return rule;
  }
}

/** A target whose group exists; a route of a service without groups is a mistake of the caller. */
function known({ arn, weight }: { arn?: string; weight: number }): { arn: string; weight: number } {
  if (arn === undefined) throw new Error("A route leads to a service that has no target groups");
  return { arn, weight };
}
