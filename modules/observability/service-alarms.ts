import { type IResolvable, Op } from "cdktf";
import type { AlarmSpec } from "./alarm";
import { FIVE_MINUTES, FIVE_MINUTES_TWICE } from "./alarm-periods";

/** What the alarms of ECS services depend on. */
export interface ServiceAlarmInput {
  /** Name of the cluster, as a reference. */
  readonly cluster: string;
  /** Name of each ECS service, as a reference, by the service's name in the specification. */
  readonly services: Readonly<Record<string, string>>;
  /** Whether Container Insights is on; only it reports how many tasks a service wants and has. */
  readonly insights: boolean;
  /** Whether services run at all. While they are stopped on purpose, nobody is told that tasks are missing. */
  readonly computeEnabled: IResolvable | boolean;
  /**
   * Whether there is something to run, by service: one that was never released has no tasks, and nobody is told so.
   * @default - there is, for every service
   */
  readonly released?: Readonly<Record<string, IResolvable>>;
}

/** CPU, memory and missing tasks of every service. */
export function serviceAlarms(input: ServiceAlarmInput): readonly AlarmSpec[] {
  return Object.entries(input.services).flatMap(([service, name]) => {
    const dimensions = { ClusterName: input.cluster, ServiceName: name };
    return [cpu(service, dimensions), memory(service, dimensions), tasks(service, dimensions, input)];
  });
}

type Dimensions = AlarmSpec["dimensions"];

/** 80 %: above it a task has little left for peaks; services that scale aim for less (60 % by default). */
function cpu(service: string, dimensions: Dimensions): AlarmSpec {
  return {
    key: `cpu-${service}`,
    title: "CPU of the services",
    series: service,
    description:
      `The tasks of ${service} used more than 80 % of their CPU for ten minutes. Look at what they do in the logs. If it is ` +
      "their normal work, raise the service's count or its most tasks in the variable service_counts, or give it more CPU.",
    namespace: "AWS/ECS",
    metric: "CPUUtilization",
    dimensions,
    statistic: "Average",
    ...FIVE_MINUTES_TWICE,
    threshold: 80,
    comparison: "GreaterThanThreshold",
    // Only running tasks report. That none runs is told by the alarm on tasks.
    treatMissing: "missing",
    unit: "%",
  };
}

/** 85 %: beyond 100 % the kernel ends the container, and memory, other than CPU, does not queue. */
function memory(service: string, dimensions: Dimensions): AlarmSpec {
  return {
    key: `memory-${service}`,
    title: "Memory of the services",
    series: service,
    description:
      `The tasks of ${service} used more than 85 % of their memory for ten minutes; at 100 % the container is ended. If the ` +
      "line rises for days, it is a leak: a new deployment helps until it is mended. Otherwise give the service more memory.",
    namespace: "AWS/ECS",
    metric: "MemoryUtilization",
    dimensions,
    statistic: "Average",
    ...FIVE_MINUTES_TWICE,
    threshold: 85,
    comparison: "GreaterThanThreshold",
    // As for CPU: only running tasks report.
    treatMissing: "missing",
    unit: "%",
  };
}

function tasks(service: string, dimensions: Dimensions, input: ServiceAlarmInput): AlarmSpec {
  const { insights, computeEnabled, released } = input;
  const something = released?.[service];
  return {
    key: `tasks-${service}`,
    dimensions,
    ...FIVE_MINUTES,
    // A service without any task may send nothing at all, which must not look fine.
    treatMissing: "breaching",
    activeWhile: something === undefined ? computeEnabled : Op.and(computeEnabled, something),
    ...(insights ? missingTasks(service) : noTask(service)),
  };
}

const FIRST_STEPS =
  "Look at the service's events and at why its last tasks stopped: image, secret, health check or memory. " +
  "Before the first release, and while compute_enabled is false, this alarm is red and tells nobody.";

/** With Container Insights: what the service wants, less what it has. Autoscaling and deployments are counted in. */
const missingTasks = (service: string) =>
  ({
    title: "Missing tasks",
    series: service,
    description: `${service} has had fewer running tasks than it should for five minutes. ${FIRST_STEPS}`,
    namespace: "ECS/ContainerInsights",
    metric: "DesiredTaskCount",
    minus: "RunningTaskCount",
    statistic: "Average",
    threshold: 0,
    comparison: "GreaterThanThreshold",
    unit: "tasks",
  }) as const;

/**
 * Without Container Insights: ECS sends its free metrics for running tasks only, so their silence says that none runs. How
 * many samples a task sends in a minute is not promised, so one of several missing tasks cannot be seen this way; what is
 * left of a service that has too few tells by its CPU, and behind the load balancer by its unhealthy targets.
 */
const noTask = (service: string) =>
  ({
    title: "Reports of running tasks",
    series: service,
    description: `No task of ${service} has run for five minutes. ${FIRST_STEPS}`,
    namespace: "AWS/ECS",
    metric: "CPUUtilization",
    statistic: "SampleCount",
    threshold: 1,
    comparison: "LessThanThreshold",
    unit: "reports",
  }) as const;
