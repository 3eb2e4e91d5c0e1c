import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { BalancerRecords } from "../../modules/edge/balancer-records";
import { publicHost } from "../../modules/edge/public-hosts";
import { outputOf } from "../helpers/inspect";
import { resourcesOf } from "../helpers/synth";
import { synthEdge } from "./parts";

const json = synthEdge((stack, { domain, hostedZoneId }) => {
  const { toCreate } = new BalancerRecords(stack, "record", {
    hosts: ["shop.example", "api.shop.example", "shop.example.org"].map((name) => publicHost(name, "shop.example")),
    domain,
    hostedZoneId,
    dnsName: "${aws_lb.public_alb.dns_name}",
    zoneId: "${aws_lb.public_alb.zone_id}",
  });
  new TerraformOutput(stack, "exposed", { value: toCreate });
});

describe("BalancerRecords", () => {
  test("an alias for each name, only when there is a hosted zone", () => {
    const alias = (name: string) => ({
      count: '${var.hosted_zone_id == "" ? 0 : 1}',
      zone_id: "${var.hosted_zone_id}",
      name,
      type: "A",
      alias: {
        name: "${aws_lb.public_alb.dns_name}",
        zone_id: "${aws_lb.public_alb.zone_id}",
        evaluate_target_health: true,
      },
    });
    expect(resourcesOf(json, Route53Record)).toEqual({
      record_apex: alias("${var.domain}"),
      record_api: alias("api.${var.domain}"),
      record_shop_example_org: alias("shop.example.org"),
    });
  });

  test("the same as data, for a zone that is elsewhere: the domain itself takes no CNAME", () => {
    const value = "${aws_lb.public_alb.dns_name}";
    expect(outputOf(json, "exposed")).toEqual([
      { name: "${var.domain}", type: "ALIAS", ttl: 60, value },
      { name: "api.${var.domain}", type: "CNAME", ttl: 60, value },
      { name: "shop.example.org", type: "CNAME", ttl: 60, value },
    ]);
  });
});
