/** A small stack of everything in the room: a public service that is scaled, a worker on Spot, a job and a scheduled one. */
import { Lb } from "@cdktf/provider-aws/lib/lb";
import { LbListener } from "@cdktf/provider-aws/lib/lb-listener";
import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group";
import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { type ITerraformDependable, TerraformOutput, type TerraformStack } from "cdktf";
import { ReleasedImage } from "../../modules/data/released-image";
import { Autoscaling } from "../../modules/ecs/autoscaling";
import { Cluster } from "../../modules/ecs/cluster";
import { type ContainerDefinition, containerDefinitions } from "../../modules/ecs/container-definition";
import { CurrentImage } from "../../modules/ecs/current-image";
import { Discovery } from "../../modules/ecs/discovery";
import { ScheduledTask } from "../../modules/ecs/scheduled-task";
import { EcsService, type EcsServiceProps, type TaskPlace } from "../../modules/ecs/service";
import { TaskDefinition } from "../../modules/ecs/task-definition";
import { PhysicalNames } from "../../modules/naming/physical-names";
import { LogGroups } from "../../modules/observability/log-groups";
import { TaskRoles } from "../../modules/security/task-roles";
import { booleanVariable, numberVariable } from "../../modules/terraform/variables";
import { TEST_REGION } from "../helpers/synth";

/** What a test changes of the stack. */
export interface EcsChanges {
  /** Settings of the api's container. @default { GREETING: "hello" } */
  readonly environment?: Readonly<Record<string, string>>;
  /** Share of the api's tasks on Spot, per cent. @default 0 */
  readonly spotPercent?: number;
  readonly insights?: "enhanced" | "enabled" | "off";
  /** Properties of the api's service. */
  readonly api?: Partial<EcsServiceProps>;
}

const ACCOUNT = "123456789012";
const names = new PhysicalNames({ app: "shop", tier: "growth" });

/** Adds the stack's constructs. */
export const ecsStack =
  (changes: EcsChanges = {}) =>
  (stack: TerraformStack): void => {
    const network = createNetwork(stack);
    const logs = new LogGroups(stack, "logs", { names, keys: ["api", "worker"], retentionDays: 30 });
    const secret = new SecretsmanagerSecret(stack, "jwt", { name: "shop/growth/secret/JWT_SECRET" });
    const cluster = new Cluster(stack, "ecs", { names, insights: changes.insights ?? "enabled", spot: true });
    const discovery = new Discovery(stack, "discovery", { names, vpcId: network.vpcId, services: ["api"] });
    const compute = booleanVariable(stack, "compute_enabled", { description: "Whether it runs", default: true });
    const count = (name: string, value: number) => numberVariable(stack, name, { description: name, default: value });
    const parameter = (service: string) =>
      new ReleasedImage(stack, `image_${service}`, { names, service, initial: "none" });
    const current = (service: string) =>
      new CurrentImage(stack, `current_${service}`, { service, parameterId: parameter(service).id });
    const [api, worker] = [current("api"), current("worker")];

    const tasks = (what: string, of: "api" | "worker", container: Partial<ContainerDefinition>) => {
      const image = of === "api" ? api : worker;
      const roles = new TaskRoles(stack, `roles_${what.replace("-", "_")}`, {
        names,
        what,
        accountId: ACCOUNT,
        exec: false,
        repositoryArns: [],
        logGroupArn: logs.arns[of] ?? "",
        secretArns: [secret.arn],
      });
      const task = new TaskDefinition(stack, `task_${what.replace("-", "_")}`, {
        names,
        what,
        size: { cpu: 256, memoryMiB: 512 },
        architecture: "arm64",
        containers: containerDefinitions([
          {
            name: what,
            image: image.reference,
            user: "10001:10001",
            tmpfs: ["/tmp"],
            memoryMiB: 512,
            secrets: { JWT_SECRET: secret.arn },
            log: { group: logs.names[of] ?? "", region: TEST_REGION, prefix: what },
            ...container,
          },
        ]),
        executionRoleArn: roles.executionRoleArn,
        taskRoleArn: roles.taskRoleArn,
      });
      return { roles, task };
    };

    const web = tasks("api", "api", {
      port: 8080,
      environment: changes.environment ?? { GREETING: "hello" },
      health: { path: "/health", intervalSeconds: 30, timeoutSeconds: 5, retries: 3, graceSeconds: 60 },
    });
    const service = new EcsService(stack, "service_api", {
      names,
      service: "api",
      clusterArn: cluster.arn,
      taskDefinitionArn: web.task.arn,
      place: network.place,
      desired: count("api_desired", 2),
      computeEnabled: compute,
      released: api.released,
      scaled: true,
      spotPercent: changes.spotPercent ?? 0,
      balanced: { targetGroupArns: [network.groupArn], port: 8080 },
      registryArn: discovery.registryArns.api,
      exec: false,
      graceSeconds: 60,
      dependsOn: [...cluster.ready, ...discovery.ready, ...web.roles.ready, ...network.ready],
      ...changes.api,
    });
    new Autoscaling(stack, "scaling_api", {
      names,
      service: "api",
      clusterName: cluster.name,
      serviceName: service.name,
      counts: { min: count("api_min", 2), max: count("api_max", 6) },
      computeEnabled: compute,
      released: api.released,
      cpuPercent: 60,
      requests: { perTask: 500, balancerArnSuffix: network.balancerSuffix, targetGroupArnSuffix: network.groupSuffix },
    });
    const background = tasks("worker", "worker", {});
    new EcsService(stack, "service_worker", {
      names,
      service: "worker",
      clusterArn: cluster.arn,
      taskDefinitionArn: background.task.arn,
      place: network.place,
      desired: count("worker_desired", 1),
      computeEnabled: compute,
      released: worker.released,
      scaled: false,
      spotPercent: 100,
      exec: false,
      graceSeconds: 0,
      dependsOn: [...cluster.ready, ...discovery.ready, ...background.roles.ready],
    });
    const migrate = tasks("job-migrate", "api", { command: ["migrate", "${HOME}"] });
    const report = tasks("job-report", "api", { command: ["report"] });
    new ScheduledTask(stack, "schedule_report", {
      names,
      job: "report",
      expression: "cron(15 3 * * ? *)",
      accountId: ACCOUNT,
      clusterArn: cluster.arn,
      familyArn: report.task.familyArn,
      place: network.place,
      executionRoleArn: report.roles.executionRoleArn,
      taskRoleArn: report.roles.taskRoleArn,
      computeEnabled: compute,
    });
    new TerraformOutput(stack, "families", { value: { migrate: migrate.task.family, report: report.task.familyArn } });
  };

interface Network {
  readonly vpcId: string;
  readonly place: TaskPlace;
  readonly groupArn: string;
  readonly groupSuffix: string;
  readonly balancerSuffix: string;
  readonly ready: readonly ITerraformDependable[];
}

function createNetwork(stack: TerraformStack): Network {
  const vpc = new Vpc(stack, "vpc", { cidrBlock: "10.1.0.0/16" });
  const subnets = ["a", "b"].map(
    (zone, index) =>
      new Subnet(stack, `subnet_${zone}`, {
        vpcId: vpc.id,
        cidrBlock: `10.1.${index}.0/24`,
        availabilityZone: `${TEST_REGION}${zone}`,
      }).id,
  );
  const group = new SecurityGroup(stack, "tasks", { name: "tasks", description: "Tasks", vpcId: vpc.id });
  const balancer = new Lb(stack, "balancer", { name: "shop", internal: true, subnets, securityGroups: [group.id] });
  const targets = new LbTargetGroup(stack, "targets", {
    name: "api",
    port: 8080,
    protocol: "HTTP",
    targetType: "ip",
    vpcId: vpc.id,
  });
  const listener = new LbListener(stack, "listener", {
    loadBalancerArn: balancer.arn,
    port: 80,
    protocol: "HTTP",
    defaultAction: [{ type: "forward", targetGroupArn: targets.arn }],
  });
  return {
    vpcId: vpc.id,
    place: { subnetIds: subnets, securityGroupIds: [group.id], assignPublicIp: false },
    groupArn: targets.arn,
    groupSuffix: targets.arnSuffix,
    balancerSuffix: balancer.arnSuffix,
    ready: [listener],
  };
}
