import { Lb } from "@cdktf/provider-aws/lib/lb";
import { LbListener } from "@cdktf/provider-aws/lib/lb-listener";
import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { AccessLogBucket } from "../../modules/edge/access-log-bucket";
import { LoadBalancer, type LoadBalancerProps } from "../../modules/edge/load-balancer";
import { onlyOne, outputOf, resourceTypes } from "../helpers/inspect";
import { resourcesOf } from "../helpers/synth";
import { type EdgeVariables, NAMES, synthEdge } from "./parts";

const PROPS: LoadBalancerProps = {
  names: NAMES,
  subnetIds: ["subnet-a", "subnet-b"],
  securityGroupId: "sg-1",
  internet: [],
  protect: true,
  idleSeconds: 60,
};
const CERTIFICATE = "arn:aws:acm:eu-central-1:123456789012:certificate/0";

function synthBalancer(
  https?: (variables: EdgeVariables) => LoadBalancerProps["https"],
  more: Partial<LoadBalancerProps> = {},
) {
  return synthEdge((stack, variables) => {
    const { listeners } = new LoadBalancer(stack, "public", { ...PROPS, ...more, https: https?.(variables) });
    new TerraformOutput(stack, "listeners", { value: listeners });
  });
}

const NOT_FOUND = [
  {
    type: "fixed-response",
    fixed_response: { content_type: "text/plain", status_code: "404", message_body: "Not found" },
  },
];
const TO_HTTPS = [{ type: "redirect", redirect: { port: "443", protocol: "HTTPS", status_code: "HTTP_301" } }];

describe("LoadBalancer", () => {
  test("is public, protected, and drops what is no proper HTTP", () => {
    const json = synthBalancer();
    expect(onlyOne(json, Lb)).toEqual({
      name: "shop-growth-alb",
      load_balancer_type: "application",
      internal: false,
      ip_address_type: "ipv4",
      subnets: ["subnet-a", "subnet-b"],
      security_groups: ["sg-1"],
      idle_timeout: 60,
      drop_invalid_header_fields: true,
      desync_mitigation_mode: "defensive",
      enable_deletion_protection: true,
      depends_on: [],
    });
  });

  test("can be left open to deletion, and with longer connections", () => {
    expect(onlyOne(synthBalancer(undefined, { protect: false, idleSeconds: 120 }), Lb)).toMatchObject({
      enable_deletion_protection: false,
      idle_timeout: 120,
    });
  });

  test("writes access logs once it may", () => {
    const json = synthEdge((stack) => {
      const accessLogs = new AccessLogBucket(stack, "access_logs", {
        names: NAMES,
        accountId: "123456789012",
        protect: true,
        retentionDays: 30,
      });
      new LoadBalancer(stack, "public", { ...PROPS, accessLogs });
    });
    expect(onlyOne(json, Lb)).toMatchObject({
      access_logs: { bucket: "${aws_s3_bucket.access_logs_bucket.bucket}", enabled: true },
      depends_on: expect.arrayContaining(["aws_s3_bucket_policy.access_logs_policy"]) as string[],
    });
  });
});

describe("its listeners", () => {
  test("without HTTPS port 80 leads to services", () => {
    const json = synthBalancer();
    expect(resourcesOf(json, LbListener)).toEqual({
      public_http: {
        load_balancer_arn: "${aws_lb.public_alb.arn}",
        port: 80,
        protocol: "HTTP",
        default_action: NOT_FOUND,
        routing_http_response_server_enabled: false,
        routing_http_response_x_content_type_options_header_value: "nosniff",
      },
    });
    expect(outputOf(json, "listeners")).toEqual([{ scheme: "http", arn: "${aws_lb_listener.public_http.arn}" }]);
  });

  test("with HTTPS port 80 only redirects, and port 443 names its policy", () => {
    const json = synthBalancer(() => ({ certificateArn: CERTIFICATE, enabled: true }));
    expect(resourcesOf(json, LbListener)).toEqual({
      public_http: {
        load_balancer_arn: "${aws_lb.public_alb.arn}",
        port: 80,
        protocol: "HTTP",
        default_action: TO_HTTPS,
      },
      public_https: {
        load_balancer_arn: "${aws_lb.public_alb.arn}",
        port: 443,
        protocol: "HTTPS",
        ssl_policy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
        certificate_arn: CERTIFICATE,
        default_action: NOT_FOUND,
        routing_http_response_server_enabled: false,
        routing_http_response_x_content_type_options_header_value: "nosniff",
        routing_http_response_strict_transport_security_header_value: "max-age=31536000",
      },
    });
    expect(outputOf(json, "listeners")).toEqual([{ scheme: "https", arn: "${aws_lb_listener.public_https.arn}" }]);
  });

  test("with HTTPS by a variable both lead to services, and port 443 is there when the variable says so", () => {
    const issued = { condition: "${true}", errorMessage: "Not issued." };
    const json = synthBalancer(({ httpsEnabled: enabled }) => ({ certificateArn: CERTIFICATE, enabled, issued }));
    expect(resourcesOf(json, LbListener)).toMatchObject({
      public_http: { default_action: NOT_FOUND },
      public_https: {
        count: "${var.https_enabled ? 1 : 0}",
        lifecycle: { precondition: [{ condition: "${true}", error_message: "Not issued." }] },
      },
    });
    expect(outputOf(json, "listeners")).toEqual([
      {
        scheme: "https",
        arn: "${one(aws_lb_listener.public_https[*].arn)}",
        count: "${var.https_enabled ? 1 : 0}",
      },
      { scheme: "http", arn: "${aws_lb_listener.public_http.arn}" },
    ]);
  });

  test("nothing else is made", () => {
    expect(resourceTypes(synthBalancer())).toEqual(["aws_lb", "aws_lb_listener"]);
  });
});
