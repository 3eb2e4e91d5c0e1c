/** A small stack of an edge: network, load balancer with all that hangs on it, a service behind it, a single-page app. */
import { EcsCluster } from "@cdktf/provider-aws/lib/ecs-cluster";
import { EcsService } from "@cdktf/provider-aws/lib/ecs-service";
import { EcsTaskDefinition } from "@cdktf/provider-aws/lib/ecs-task-definition";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { type ITerraformDependable, TerraformOutput, type TerraformStack } from "cdktf";
import { AccessLogBucket } from "../../modules/edge/access-log-bucket";
import { AmplifyApp } from "../../modules/edge/amplify-app";
import { BalancerRecords } from "../../modules/edge/balancer-records";
import { Certificate } from "../../modules/edge/certificate";
import type { ServiceRoute } from "../../modules/edge/listener-priorities";
import { ListenerRules } from "../../modules/edge/listener-rules";
import { LoadBalancer, type LoadBalancerProps } from "../../modules/edge/load-balancer";
import { publicHost, type PublicHost } from "../../modules/edge/public-hosts";
import { type ServiceTargets, TargetGroups } from "../../modules/edge/target-groups";
import { WebAcl } from "../../modules/edge/web-acl";
import { PhysicalNames } from "../../modules/naming/physical-names";
import { numberVariable } from "../../modules/terraform/variables";
import { TEST_REGION } from "../helpers/synth";
import { type EdgeVariables, edgeVariables, TARGETS } from "./parts";

/** What a test changes of the stack. */
export interface EdgeChanges {
  /** "variable" leaves HTTPS to `https_enabled`. @default "variable" */
  readonly https?: "none" | "always" | "variable";
  /** Public names in the domain. */
  readonly hosts?: readonly string[];
  /** Paths by service, each under all names. */
  readonly paths?: Readonly<Record<string, readonly string[]>>;
  readonly targets?: Partial<ServiceTargets>;
  /** Literal names by logical id. */
  readonly literals?: Readonly<Record<string, string>>;
}

const DOMAIN = "shop.example";
const ACCOUNT = "123456789012";

interface Place {
  readonly vpcId: string;
  readonly subnetIds: string[];
  readonly securityGroupId: string;
  readonly internet: ITerraformDependable[];
}

/** The edge of a shop, whose api has tasks on ECS. */
export const edgeStack =
  (changes: EdgeChanges = {}) =>
  (stack: TerraformStack): void => {
    const { hosts = ["shop.example", "api.shop.example"], paths = { api: ["/*"] }, literals = {} } = changes;
    const names = new PhysicalNames({ app: "shop", tier: "growth" }, literals);
    const variables = edgeVariables(stack);
    const sparePercent = numberVariable(stack, "spare_traffic_percent", { description: "Share.", default: 0 });
    const place = network(stack);

    const publicHosts = hosts.map((host) => publicHost(host, DOMAIN));
    const balancer = new LoadBalancer(stack, "public", {
      names,
      ...place,
      protect: false,
      idleSeconds: 60,
      accessLogs: new AccessLogBucket(stack, "access_logs", {
        names,
        accountId: ACCOUNT,
        protect: false,
        retentionDays: 30,
      }),
      https: secured(stack, changes, publicHosts, variables),
    });
    const groups = new TargetGroups(stack, "targets", {
      names,
      vpcId: place.vpcId,
      services: Object.fromEntries(Object.keys(paths).map((service) => [service, { ...TARGETS, ...changes.targets }])),
    });
    const routes = Object.entries(paths).map(([service, own]): ServiceRoute => ({ service, hosts, paths: own }));
    const rules = new ListenerRules(stack, "rules", { listeners: balancer.listeners, routes, groups, sparePercent });
    runService(stack, place, groups.ecs.api?.arn ?? "", rules.attached);
    const records = new BalancerRecords(stack, "record", {
      hosts: publicHosts,
      ...variables,
      dnsName: balancer.dnsName,
      zoneId: balancer.zoneId,
    });
    new TerraformOutput(stack, "dns_records", { value: records.toCreate });
    new WebAcl(stack, "waf", { names, balancerArn: balancer.arn, requestsPerFiveMinutes: 2000 });
    const frontend = new AmplifyApp(stack, "frontend", {
      names,
      branch: "main",
      build: { install: ["npm ci"], commands: ["npm run build"], output: "dist" },
      environment: {},
    });
    new TerraformOutput(stack, "frontend_url", { value: frontend.url });
    new TerraformOutput(stack, "suffixes", { value: [balancer.arnSuffix, groups.ecs.api?.arnSuffix] });
  };

function network(stack: TerraformStack): Place {
  const vpc = new Vpc(stack, "vpc", { cidrBlock: "10.1.0.0/16" });
  const subnets = ["a", "b"].map(
    (zone, i) =>
      new Subnet(stack, `public_${zone}`, {
        vpcId: vpc.id,
        cidrBlock: `10.1.${i}.0/24`,
        availabilityZone: `${TEST_REGION}${zone}`,
      }),
  );
  const group = new SecurityGroup(stack, "balancer", { vpcId: vpc.id, description: "Load balancer", name: "balancer" });
  return {
    vpcId: vpc.id,
    subnetIds: subnets.map(({ id }) => id),
    securityGroupId: group.id,
    internet: [new InternetGateway(stack, "gateway", { vpcId: vpc.id })],
  };
}

function secured(
  stack: TerraformStack,
  { https = "variable" }: EdgeChanges,
  hosts: readonly PublicHost[],
  { domain, hostedZoneId, httpsEnabled }: EdgeVariables,
): LoadBalancerProps["https"] {
  if (https === "none") return undefined;
  const certificate = new Certificate(stack, "certificate", { hosts, domain, hostedZoneId });
  new TerraformOutput(stack, "certificate_records", { value: certificate.toCreate });
  const enabled = https === "always" || httpsEnabled;
  return { certificateArn: certificate.arn, issued: certificate.issued, enabled };
}

/** ECS takes a group only when a listener leads to it. */
function runService(
  stack: TerraformStack,
  { subnetIds, securityGroupId }: Place,
  targetGroupArn: string,
  attached: readonly ITerraformDependable[],
): void {
  const cluster = new EcsCluster(stack, "cluster", { name: "shop" });
  const task = new EcsTaskDefinition(stack, "task", {
    family: "api",
    cpu: "256",
    memory: "512",
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    containerDefinitions: JSON.stringify([
      {
        name: "api",
        image: "public.ecr.aws/nginx/nginx:1.29",
        essential: true,
        portMappings: [{ containerPort: 8080 }],
      },
    ]),
  });
  new EcsService(stack, "api", {
    name: "api",
    cluster: cluster.arn,
    taskDefinition: task.arn,
    desiredCount: 1,
    launchType: "FARGATE",
    networkConfiguration: { subnets: subnetIds, securityGroups: [securityGroupId], assignPublicIp: true },
    loadBalancer: [{ targetGroupArn, containerName: "api", containerPort: 8080 }],
    dependsOn: [...attached],
  });
}
