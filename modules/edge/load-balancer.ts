import { Lb } from "@cdktf/provider-aws/lib/lb";
import { LbListener } from "@cdktf/provider-aws/lib/lb-listener";
import { Fn, type IResolvable, type ITerraformDependable, type Precondition } from "cdktf";
import { Construct } from "constructs";
import type { PhysicalNames } from "../naming/physical-names";

/** A listener that rules of services hang on. */
export interface RuleListener {
  readonly scheme: "http" | "https";
  readonly arn: string;
  /** How many there are of it, when a variable decides. @default - always one */
  readonly count?: string;
}

export interface LoadBalancerProps {
  readonly names: PhysicalNames;
  /** Public subnets in two zones at least. */
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  /** What must be there before the internet reaches it. */
  readonly internet: readonly ITerraformDependable[];
  /** Whether the load balancer refuses to be destroyed. */
  readonly protect: boolean;
  /** Seconds until a connection without traffic is closed. */
  readonly idleSeconds: number;
  /** Where access logs go. @default - none are written */
  readonly accessLogs?: { readonly bucketName: string; readonly writable: readonly ITerraformDependable[] };
  /** @default - none: HTTP only */
  readonly https?: {
    readonly certificateArn: string;
    /** Whether HTTPS is on; a reference to a boolean variable when a later apply decides. */
    readonly enabled: true | IResolvable;
    /** What must hold for the certificate before a listener can have it. @default - nothing */
    readonly issued?: Precondition;
  };
}

/**
 * TLS 1.2 and 1.3 with forward secrecy and authenticated ciphers only, post-quantum key exchange where the client has it.
 * Named because a listener without a policy gets one of 2016.
 */
const TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09";

/** The answer to what no service is for. */
const NOT_FOUND = {
  type: "fixed-response",
  fixedResponse: { contentType: "text/plain", statusCode: "404", messageBody: "Not found" },
};

const TO_HTTPS = { type: "redirect", redirect: { port: "443", protocol: "HTTPS", statusCode: "HTTP_301" } };

/** Headers as the proxy of tier mvp has them; a load balancer overwrites those of the same name that a service sends. */
const HEADERS = {
  routingHttpResponseServerEnabled: false,
  routingHttpResponseXContentTypeOptionsHeaderValue: "nosniff",
};
const HTTPS_HEADERS = { ...HEADERS, routingHttpResponseStrictTransportSecurityHeaderValue: "max-age=31536000" };

/**
 * The public Application Load Balancer. With HTTPS, port 80 only redirects. While a variable keeps HTTPS off, because its
 * certificate waits for records that somebody creates by hand, port 80 leads to the services; turning it on adds the
 * listener of port 443, and replaces nothing. Without HTTPS there is port 80 alone.
 *
 * Cost: about $16 a month and $6 for each capacity unit, by region; its addresses cost $3.65 a month for each zone.
 */
export class LoadBalancer extends Construct {
  readonly arn: string;
  readonly dnsName: string;
  /** Zone that the DNS name lies in, for aliases. */
  readonly zoneId: string;
  /** What metrics name it by. */
  readonly arnSuffix: string;
  /** Every listener that leads to services. */
  readonly listeners: readonly RuleListener[];

  constructor(scope: Construct, id: string, props: LoadBalancerProps) {
    super(scope, id);
    const balancer = this.createBalancer(props);
    this.arn = balancer.arn;
    this.dnsName = balancer.dnsName;
    this.zoneId = balancer.zoneId;
    this.arnSuffix = balancer.arnSuffix;
    this.listeners = this.createListeners(props);
  }

  private createBalancer(props: LoadBalancerProps): Lb {
    const { names, subnetIds, securityGroupId, internet, protect, idleSeconds, accessLogs } = props;
    return new Lb(this, "alb", {
      name: names.of("aws_lb", `${this.node.id}_alb`, "alb"),
      loadBalancerType: "application",
      internal: false,
      ipAddressType: "ipv4",
      subnets: [...subnetIds],
      securityGroups: [securityGroupId],
      idleTimeout: idleSeconds,
      dropInvalidHeaderFields: true,
      desyncMitigationMode: "defensive",
      enableDeletionProtection: protect,
      accessLogs: accessLogs && { bucket: accessLogs.bucketName, enabled: true },
      dependsOn: [...internet, ...(accessLogs?.writable ?? [])],
    });
  }

  private createListeners({ https }: LoadBalancerProps): RuleListener[] {
    const redirects = https?.enabled === true;
    const http = new LbListener(this, "http", {
      loadBalancerArn: this.arn,
      port: 80,
      protocol: "HTTP",
      defaultAction: [redirects ? TO_HTTPS : NOT_FOUND],
      ...(redirects ? {} : HEADERS),
    });
    const onHttp: RuleListener = { scheme: "http", arn: http.arn };
    if (https === undefined) return [onHttp];
    const listener = new LbListener(this, "https", {
      loadBalancerArn: this.arn,
      port: 443,
      protocol: "HTTPS",
      sslPolicy: TLS_POLICY,
      certificateArn: https.certificateArn,
      defaultAction: [NOT_FOUND],
      ...HTTPS_HEADERS,
      lifecycle: https.issued && { precondition: [https.issued] },
    });
    if (https.enabled === true) return [{ scheme: "https", arn: listener.arn }];
    const count = Fn.conditional(https.enabled, 1, 0) as string;
    listener.addOverride("count", count);
    const arn = `\${one(aws_lb_listener.${listener.friendlyUniqueId}[*].arn)}`;
    return [{ scheme: "https", arn, count }, onHttp];
  }
}
