"""Logs, alarms, dashboards, notifications, DNS."""

from __future__ import annotations

from typing import Any

from .args import Args
from .registry import CfnResource, cfn, tidy, translates


@translates("aws_cloudwatch_log_group")
def log_group(a: Args) -> CfnResource:
    return cfn(
        "AWS::Logs::LogGroup",
        LogGroupName=a.get("name"),
        RetentionInDays=a.get("retention_in_days"),
        LogGroupClass=a.get("log_group_class"),
        KmsKeyId=a.get("kms_key_id"),
    )


@translates("aws_cloudwatch_log_metric_filter")
def metric_filter(a: Args) -> CfnResource:
    return cfn(
        "AWS::Logs::MetricFilter",
        FilterName=a.get("name"),
        LogGroupName=a.get("log_group_name"),
        FilterPattern=a.get("pattern"),
        MetricTransformations=[
            tidy(
                MetricName=t.get("name"),
                MetricNamespace=t.get("namespace"),
                MetricValue=t.text("value"),
                Unit=t.get("unit"),
            )
            for t in a.blocks("metric_transformation")
        ],
    )


def _dimensions(a: Args) -> list[dict[str, Any]] | None:
    values = a.get("dimensions")
    return [{"Name": name, "Value": value} for name, value in values.items()] if isinstance(values, dict) else values


def _query(a: Args) -> dict[str, Any] | None:
    metric = a.block("metric")
    named = tidy(
        MetricName=metric.get("metric_name"), Namespace=metric.get("namespace"), Dimensions=_dimensions(metric)
    )
    stat = tidy(Metric=named, Period=metric.get("period"), Stat=metric.get("stat"), Unit=metric.get("unit"))
    return tidy(
        Id=a.get("id"),
        Expression=a.get("expression"),
        Label=a.get("label"),
        Period=a.get("period"),
        ReturnData=a.get("return_data"),
        MetricStat=stat,
    )


@translates("aws_cloudwatch_metric_alarm")
def metric_alarm(a: Args) -> CfnResource:
    return cfn(
        "AWS::CloudWatch::Alarm",
        AlarmName=a.get("alarm_name"),
        AlarmDescription=a.get("alarm_description"),
        ActionsEnabled=a.get("actions_enabled"),
        AlarmActions=a.get("alarm_actions"),
        OKActions=a.get("ok_actions"),
        InsufficientDataActions=a.get("insufficient_data_actions"),
        ComparisonOperator=a.get("comparison_operator"),
        DatapointsToAlarm=a.get("datapoints_to_alarm"),
        Dimensions=_dimensions(a),
        EvaluationPeriods=a.get("evaluation_periods"),
        ExtendedStatistic=a.get("extended_statistic"),
        MetricName=a.get("metric_name"),
        Metrics=[_query(query) for query in a.blocks("metric_query")] or None,
        Namespace=a.get("namespace"),
        Period=a.get("period"),
        Statistic=a.get("statistic"),
        Threshold=a.get("threshold"),
        TreatMissingData=a.get("treat_missing_data"),
        Unit=a.get("unit"),
    )


@translates("aws_cloudwatch_dashboard")
def dashboard(a: Args) -> CfnResource:
    return cfn(
        "AWS::CloudWatch::Dashboard",
        DashboardName=a.get("dashboard_name"),
        DashboardBody=a.get("dashboard_body"),
    )


@translates("aws_sns_topic")
def sns_topic(a: Args) -> CfnResource:
    return cfn(
        "AWS::SNS::Topic",
        TopicName=a.get("name"),
        DisplayName=a.get("display_name"),
        KmsMasterKeyId=a.get("kms_master_key_id"),
        FifoTopic=a.get("fifo_topic"),
        SignatureVersion=a.text("signature_version"),
        TracingConfig=a.get("tracing_config"),
    )


@translates("aws_sns_topic_policy")
def sns_topic_policy(a: Args) -> CfnResource:
    return cfn("AWS::SNS::TopicPolicy", Topics=[a.get("arn")], PolicyDocument=a.policy("policy"))


@translates("aws_sns_topic_subscription")
def sns_topic_subscription(a: Args) -> CfnResource:
    return cfn(
        "AWS::SNS::Subscription",
        TopicArn=a.get("topic_arn"),
        Protocol=a.get("protocol"),
        Endpoint=a.get("endpoint"),
        RawMessageDelivery=a.get("raw_message_delivery"),
    )


@translates("aws_route53_record")
def route53_record(a: Args) -> CfnResource:
    alias = a.block("alias")
    return cfn(
        "AWS::Route53::RecordSet",
        HostedZoneId=a.get("zone_id"),
        Name=a.get("name"),
        Type=a.get("type"),
        TTL=a.text("ttl"),
        ResourceRecords=a.get("records"),
        SetIdentifier=a.get("set_identifier"),
        Weight=a.block("weighted_routing_policy").get("weight"),
        AliasTarget=tidy(
            DNSName=alias.get("name"),
            HostedZoneId=alias.get("zone_id"),
            EvaluateTargetHealth=alias.get("evaluate_target_health"),
        ),
    )
