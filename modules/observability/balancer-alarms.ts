import type { AlarmSpec } from "./alarm";
import { FIVE_MINUTES, FIVE_MINUTES_TWICE } from "./alarm-periods";

/** What the alarms of an Application Load Balancer depend on. */
export interface BalancerAlarmInput {
  /** The part of the balancer's ARN that CloudWatch names it by, as a reference. */
  readonly balancer: string;
  /** The same of each target group that holds traffic, as a reference, by the name of its service. */
  readonly targetGroups: Readonly<Record<string, string>>;
}

/** Errors of services and of the balancer itself, slow answers, and targets that fail their health check. */
export function balancerAlarms(input: BalancerAlarmInput): readonly AlarmSpec[] {
  return [
    targetErrors(input),
    balancerErrors(input),
    latency(input),
    ...Object.entries(input.targetGroups).map(([service, group]) => unhealthy(service, group, input)),
  ];
}

const ofBalancer = ({ balancer }: BalancerAlarmInput) => ({
  namespace: "AWS/ApplicationELB",
  dimensions: { LoadBalancer: balancer },
});

/** More than 10 in five minutes: single ones happen to every app, a service that is broken answers all requests so. */
function targetErrors(input: BalancerAlarmInput): AlarmSpec {
  return {
    key: "target-errors",
    title: "Errors of the services (5xx)",
    description:
      "The services answered more than 10 requests in five minutes with an error of their own (5xx), twice in a row. Look at " +
      "the last errors in the logs. If it began with a release, go back: tiers release rollback.",
    ...ofBalancer(input),
    metric: "HTTPCode_Target_5XX_Count",
    statistic: "Sum",
    ...FIVE_MINUTES_TWICE,
    threshold: 10,
    comparison: "GreaterThanThreshold",
    // Reported only when there were some: silence is zero errors.
    treatMissing: "notBreaching",
    unit: "answers",
  };
}

/** More than 5: the balancer answers so when no target can be asked, never because of what an app does. */
function balancerErrors(input: BalancerAlarmInput): AlarmSpec {
  return {
    key: "balancer-errors",
    title: "Errors of the load balancer (5xx)",
    description:
      "The load balancer itself answered more than 5 requests in five minutes with an error, twice in a row: 503 when a " +
      "service has no healthy target, 502 when it closed the connection, 504 when it took longer than the idle time. Look at " +
      "the targets' health first, then at elb_status_code and error_reason in the access log.",
    ...ofBalancer(input),
    metric: "HTTPCode_ELB_5XX_Count",
    statistic: "Sum",
    ...FIVE_MINUTES_TWICE,
    threshold: 5,
    comparison: "GreaterThanThreshold",
    // Reported only when there were some: silence is zero errors.
    treatMissing: "notBreaching",
    unit: "answers",
  };
}

/** One second: about what people notice as waiting. The average would hide that one in twenty waits for long. */
function latency(input: BalancerAlarmInput): AlarmSpec {
  return {
    key: "latency",
    title: "Time to answer (95 of 100 requests)",
    description:
      "One request in twenty waited for more than a second for its service, for ten minutes. Look at the services' CPU and at " +
      "the database's: the slow one of them is full, or a query lost its index.",
    ...ofBalancer(input),
    metric: "TargetResponseTime",
    statistic: "p95",
    ...FIVE_MINUTES_TWICE,
    threshold: 1,
    comparison: "GreaterThanThreshold",
    // No requests, no times: a quiet night is not slow.
    treatMissing: "notBreaching",
    unit: "seconds",
  };
}

function unhealthy(service: string, group: string, input: BalancerAlarmInput): AlarmSpec {
  const { namespace, dimensions } = ofBalancer(input);
  return {
    key: `unhealthy-${service}`,
    title: "Unhealthy targets",
    series: service,
    description:
      `At least one task of ${service} has failed its health check for five minutes and gets no requests. Look at the ` +
      "service's events and logs: ECS replaces such a task, so one that comes back again and again starts broken.",
    namespace,
    dimensions: { ...dimensions, TargetGroup: group },
    metric: "UnHealthyHostCount",
    // The balancer counts in every zone; the worst one tells.
    statistic: "Maximum",
    ...FIVE_MINUTES,
    threshold: 1,
    comparison: "GreaterThanOrEqualToThreshold",
    // A group without targets reports nothing; that no task runs is told by the alarm on tasks.
    treatMissing: "notBreaching",
    unit: "targets",
  };
}
