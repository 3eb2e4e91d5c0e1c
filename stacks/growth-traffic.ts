import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { AccessLogBucket } from "../modules/edge/access-log-bucket";
import { BalancerRecords } from "../modules/edge/balancer-records";
import { Certificate } from "../modules/edge/certificate";
import { ListenerRules } from "../modules/edge/listener-rules";
import { LoadBalancer } from "../modules/edge/load-balancer";
import type { ServiceRoute } from "../modules/edge/listener-priorities";
import { publicHost, publicHosts, underDomain } from "../modules/edge/public-hosts";
import { type TargetGroup, TargetGroups } from "../modules/edge/target-groups";
import { WebAcl } from "../modules/edge/web-acl";
import type { PhysicalNames } from "../modules/naming/physical-names";
import type { TierNetwork } from "../modules/network/tier-network";
import type { TierFirewalls } from "../modules/security/tier-firewalls";
import { ANY_HOST, isOn, type ResolvedApp } from "../modules/spec";
import type { GrowthVariables } from "./growth-variables";

export interface TrafficProps {
  readonly names: PhysicalNames;
  readonly app: ResolvedApp;
  readonly accountId: string;
  readonly network: TierNetwork;
  readonly firewalls: TierFirewalls;
  readonly variables: GrowthVariables;
}

/** How the public reaches the services. */
export interface Traffic {
  readonly balancer: LoadBalancer;
  /** Groups that the services' tasks join, by service. */
  readonly groups: Readonly<Record<string, TargetGroup>>;
  readonly spareGroups: Readonly<Record<string, TargetGroup>>;
  readonly records: BalancerRecords;
  /** Undefined when the certificate is given, or without HTTPS. */
  readonly certificate: Certificate | undefined;
  /** What must be there before a service can register its tasks. */
  readonly attached: readonly ITerraformDependable[];
}

/** Whether the stack requests a certificate itself. */
export const requestsCertificate = (app: ResolvedApp): boolean =>
  isOn(app.ingress.tls) && app.alb.certificateArn === undefined && publicHosts(app).length > 0;

/** Services that have a route. */
export const routedServices = ({ services }: ResolvedApp): string[] =>
  Object.keys(services).filter((name) => services[name]?.route !== undefined);

/** The load balancer with all that leads to the services; undefined when none of them is public. */
export function createTraffic(scope: Construct, props: TrafficProps): Traffic | undefined {
  const { names, app, variables } = props;
  if (routedServices(app).length === 0) return undefined;
  const hosts = publicHosts(app);
  const { domain, hostedZoneId } = variables;
  const certificate = requestsCertificate(app)
    ? new Certificate(scope, "certificate", { hosts, domain, hostedZoneId })
    : undefined;
  const balancer = createBalancer(scope, props, certificate);
  const groups = createGroups(scope, props);
  const rules = new ListenerRules(scope, "rules", {
    listeners: balancer.listeners,
    routes: routesOf(app, domain),
    groups,
    sparePercent: variables.sparePercent,
  });
  if (app.alb.waf !== undefined) {
    const clientHeader = app.ingress.origin === "cloudflare" ? "CF-Connecting-IP" : undefined;
    new WebAcl(scope, "firewall_rules", { names, balancerArn: balancer.arn, ...app.alb.waf, clientHeader });
  }
  const { dnsName, zoneId } = balancer;
  const records = new BalancerRecords(scope, "record", { hosts, domain, hostedZoneId, dnsName, zoneId });
  return { balancer, groups: groups.ecs, spareGroups: groups.spare, records, certificate, attached: rules.attached };
}

/** Public routes, their names under the domain as a reference. */
function routesOf({ services, dns }: ResolvedApp, domain: string | undefined): ServiceRoute[] {
  const nameOf = (host: string): string =>
    host === ANY_HOST ? host : underDomain(publicHost(host, dns.domain), domain);
  return Object.entries(services).flatMap(([service, { route }]) =>
    route ? [{ service, hosts: route.hosts.map(nameOf), paths: route.paths }] : [],
  );
}

function createBalancer(scope: Construct, props: TrafficProps, certificate: Certificate | undefined): LoadBalancer {
  const { names, app, accountId, network, firewalls, variables } = props;
  const { alb, ingress } = app;
  const certificateArn = alb.certificateArn ?? certificate?.arn;
  return new LoadBalancer(scope, "balancer", {
    names,
    subnetIds: network.publicSubnetIds,
    securityGroupId: firewalls.loadBalancerGroupId,
    internet: network.publicInternet,
    protect: isOn(app.protect),
    idleSeconds: alb.idleSeconds,
    accessLogs:
      alb.accessLogDays === 0
        ? undefined
        : new AccessLogBucket(scope, "access_logs", {
            names,
            accountId,
            protect: isOn(app.protect),
            retentionDays: alb.accessLogDays,
          }),
    https:
      isOn(ingress.tls) && certificateArn !== undefined
        ? { certificateArn, enabled: variables.httpsEnabled ?? true, issued: certificate?.issued }
        : undefined,
  });
}

/** Seconds that requests under way get when a target leaves. */
const DEREGISTRATION_SECONDS = 30;

function createGroups(scope: Construct, { names, app, network }: TrafficProps): TargetGroups {
  const services = Object.fromEntries(
    Object.entries(app.services).flatMap(([name, { route, healthCheck }]) =>
      route === undefined || healthCheck === undefined
        ? []
        : [[name, { healthCheck, deregistrationSeconds: DEREGISTRATION_SECONDS }]],
    ),
  );
  return new TargetGroups(scope, "targets", { names, vpcId: network.vpcId, services });
}
