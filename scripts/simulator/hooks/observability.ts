/** Alarms, dashboards, topics. */
import type { ApplyInput, Diagnostic, Obj } from "../contract";
import { isObj } from "../wire/value";
import { fallback, type Hooks, invalid, objects, parsedJson, text, unset } from "./service";

export const OBSERVABILITY_HOOKS: Hooks = {
  aws_cloudwatch_dashboard: { validate: validateDashboard, apply: nameDashboard },
  aws_cloudwatch_metric_alarm: { validate: validateAlarm, apply: settleAlarm },
  aws_sns_topic: { apply: settleTopic },
  aws_sns_topic_policy: { apply: ({ result, ctx }) => ({ result: { ...result, owner: ctx.account } }) },
  aws_sns_topic_subscription: { apply: settleSubscription },
};

const WIDGETS = ["alarm", "custom", "explorer", "log", "metric", "text"];
/** Columns of the grid. Source: CloudWatch API, "Dashboard body structure and syntax". */
const COLUMNS = 24;

function validateDashboard(config: Obj): Diagnostic[] {
  const body = parsedJson(config.dashboard_body);
  if (body === undefined) return [];
  if (!isObj(body) || !Array.isArray(body.widgets)) {
    return [
      invalid(
        "InvalidParameterInput: The dashboard body is invalid",
        "It must be an object with a list widgets.",
        "dashboard_body",
      ),
    ];
  }
  return body.widgets.flatMap((widget: unknown, i) => {
    const problem = isObj(widget) ? widgetProblem(widget) : "must be an object";
    if (problem === undefined) return [];
    const summary = "InvalidParameterInput: The dashboard body is invalid";
    return [invalid(summary, `widgets[${i}] ${problem}.`, "dashboard_body")];
  });
}

function widgetProblem(widget: Obj): string | undefined {
  if (!WIDGETS.includes(String(widget.type)))
    return `has type ${JSON.stringify(widget.type)}; allowed: ${WIDGETS.join(", ")}`;
  if (!isObj(widget.properties)) return "has no properties";
  const [x, width] = [Number(widget.x ?? 0), Number(widget.width ?? 6)];
  if (x < 0 || width < 1 || x + width > COLUMNS) return `ends at column ${x + width} of ${COLUMNS}`;
  if (widget.type === "metric" && !Array.isArray(widget.properties.metrics) && !isObj(widget.properties.annotations)) {
    return "has neither metrics nor annotations";
  }
  return widget.type === "metric" && unset(widget.properties.region) ? "has no region" : undefined;
}

function nameDashboard({ result, ctx }: ApplyInput): { result: Obj } {
  return {
    result: {
      ...result,
      dashboard_arn: `arn:aws:cloudwatch::${ctx.account}:dashboard/${String(result.dashboard_name)}`,
    },
  };
}

function validateAlarm(config: Obj): Diagnostic[] {
  const found: Diagnostic[] = [];
  const given = (name: string): boolean => !unset(config[name]);
  if (given("metric_name") && !given("statistic") && !given("extended_statistic")) {
    const summary = "One of `statistic` or `extended_statistic` must be set for a cloudwatch metric alarm";
    found.push(invalid(summary, `Alarm "${String(config.alarm_name)}" has neither.`, "statistic"));
  }
  for (const query of objects(config.metric_query)) {
    if (text(query.expression) === undefined || objects(query.metric).length === 0) continue;
    const summary = "No metric_query may have both `expression` and a `metric` specified";
    found.push(invalid(summary, `Query "${String(query.id)}" has both.`, "metric_query"));
  }
  const [datapoints, periods] = [config.datapoints_to_alarm, config.evaluation_periods];
  if (typeof datapoints === "number" && typeof periods === "number" && datapoints > periods) {
    const summary = "ValidationError: Parameters DatapointsToAlarm must be less than or equal to EvaluationPeriods";
    found.push(invalid(summary, `${datapoints} datapoints of ${periods} periods.`, "datapoints_to_alarm"));
  }
  return found;
}

function settleAlarm({ config, result }: ApplyInput): { result: Obj } {
  return { result: fallback(result, config, { evaluate_low_sample_count_percentiles: "" }) };
}

function settleTopic({ config, result, ctx }: ApplyInput): { result: Obj } {
  const settled = fallback(result, config, {
    fifo_throughput_scope: "",
    policy: "",
    signature_version: 0,
    tracing_config: "",
  });
  return { result: { ...settled, owner: ctx.account, beginning_archive_time: "" } };
}

/** E-mail addresses must be confirmed by a person; services confirm by themselves. */
function settleSubscription({ config, prior, result, ctx }: ApplyInput): { result: Obj } {
  if (prior) return { result };
  const pending = ["email", "email-json", "http", "https"].includes(String(config.protocol));
  const arn = `${String(config.topic_arn)}:${String(result.arn).replace(/^.*:/, "")}`;
  const settled = fallback(result, config, { filter_policy_scope: "" });
  return {
    result: {
      ...settled,
      id: arn,
      arn,
      owner_id: ctx.account,
      pending_confirmation: pending,
      confirmation_was_authenticated: !pending,
    },
  };
}
