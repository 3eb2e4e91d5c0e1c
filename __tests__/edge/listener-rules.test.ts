import { LbListenerRule } from "@cdktf/provider-aws/lib/lb-listener-rule";
import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import type { ServiceRoute } from "../../modules/edge/listener-priorities";
import { ListenerRules } from "../../modules/edge/listener-rules";
import type { RuleListener } from "../../modules/edge/load-balancer";
import { TargetGroups } from "../../modules/edge/target-groups";
import { numberVariable } from "../../modules/terraform/variables";
import { outputOf } from "../helpers/inspect";
import { resourcesOf } from "../helpers/synth";
import { NAMES, synthEdge, TARGETS } from "./parts";

const HTTPS: RuleListener = { scheme: "https", arn: "arn-https" };
const HTTP: RuleListener = { scheme: "http", arn: "arn-http" };
const ROUTES: ServiceRoute[] = [
  { service: "api", hosts: ["api.shop.example"], paths: ["/*"] },
  { service: "web", hosts: ["*"], paths: ["/shop/*"] },
];

const synthRules = (listeners: readonly RuleListener[], routes = ROUTES): string =>
  synthEdge((stack) => {
    const sparePercent = numberVariable(stack, "spare_traffic_percent", { description: "Share.", default: 0 });
    const groups = new TargetGroups(stack, "targets", {
      names: NAMES,
      vpcId: "vpc-1",
      services: { api: TARGETS, web: TARGETS },
    });
    const rules = new ListenerRules(stack, "rules", { listeners, routes, groups, sparePercent });
    new TerraformOutput(stack, "attached", { value: rules.attached.map((rule) => rule.fqn) });
  });

const weights = (service: string) => [
  {
    type: "forward",
    forward: {
      target_group: [
        { arn: `\${aws_lb_target_group.targets_ecs_${service}.arn}`, weight: "${(100 - var.spare_traffic_percent)}" },
        { arn: `\${aws_lb_target_group.targets_spare_${service}.arn}`, weight: "${var.spare_traffic_percent}" },
      ],
    },
  },
];

describe("ListenerRules", () => {
  test("lead hosts and paths to the service's groups by weight, behind the closed paths", () => {
    const rules = resourcesOf(synthRules([HTTPS]), LbListenerRule);
    expect(rules).toEqual({
      rules_https_closed_paths: {
        listener_arn: "arn-https",
        priority: 2,
        condition: [{ path_pattern: { values: ["/metrics", "/metrics/*"] } }],
        action: [{ type: "fixed-response", fixed_response: { content_type: "text/plain", status_code: "404" } }],
      },
      rules_https_api_all: {
        listener_arn: "arn-https",
        priority: expect.any(Number) as number,
        condition: [{ host_header: { values: ["api.shop.example"] } }, { path_pattern: { values: ["/*"] } }],
        action: weights("api"),
        depends_on: ["aws_lb_listener_rule.rules_https_closed_paths"],
      },
      rules_https_web_shop_all_any: {
        listener_arn: "arn-https",
        priority: expect.any(Number) as number,
        condition: [{ path_pattern: { values: ["/shop/*"] } }],
        action: weights("web"),
        depends_on: ["aws_lb_listener_rule.rules_https_closed_paths"],
      },
    });
  });

  test("of HTTPS by a variable count with it, and a redirect goes before those of port 80", () => {
    const json = synthRules([{ ...HTTPS, count: "${var.https_enabled ? 1 : 0}" }, HTTP]);
    const rules = resourcesOf(json, LbListenerRule);
    expect(rules.rules_http_to_https).toEqual({
      listener_arn: "arn-http",
      priority: 1,
      condition: [{ path_pattern: { values: ["/*"] } }],
      action: [{ type: "redirect", redirect: { port: "443", protocol: "HTTPS", status_code: "HTTP_301" } }],
      count: "${var.https_enabled ? 1 : 0}",
      depends_on: [
        "aws_lb_listener_rule.rules_https_api_all",
        "aws_lb_listener_rule.rules_https_web_shop_all_any",
        "aws_lb_listener_rule.rules_http_api_all",
        "aws_lb_listener_rule.rules_http_web_shop_all_any",
      ],
    });
    for (const id of ["closed_paths", "api_all", "web_shop_all_any"]) {
      expect(rules[`rules_http_${id}`]).not.toHaveProperty("count");
      expect(rules[`rules_https_${id}`]).toMatchObject({ count: "${var.https_enabled ? 1 : 0}" });
    }
    const { count: _, listener_arn: __, depends_on: ___, ...secure } = rules.rules_https_api_all ?? {};
    expect(rules.rules_http_api_all).toMatchObject(secure);
  });

  test("say what must be there before a service registers its tasks", () => {
    expect(outputOf(synthRules([HTTP]), "attached")).toEqual([
      "${aws_lb_listener_rule.rules_http_api_all}",
      "${aws_lb_listener_rule.rules_http_web_shop_all_any}",
    ]);
  });

  test("a route of a service without groups is a mistake", () => {
    expect(() => synthRules([HTTP], [{ service: "worker", hosts: ["*"], paths: ["/*"] }])).toThrow(
      "A route leads to a service that has no target groups",
    );
  });
});
