"""For every translated type: arguments that AWS accepts, one fault, and the id by which cfn-lint must report it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

REGION = "eu-central-1"


@dataclass(frozen=True)
class Sample:
    type: str
    good: dict[str, Any]
    fault: dict[str, Any]
    rule: str


def policy(action: str = "s3:GetObject", version: str = "2012-10-17", **statement: Any) -> str:
    body = {"Effect": "Allow", "Action": action, "Resource": "arn:aws:s3:::b/*", **statement}
    return json.dumps({"Version": version, "Statement": [body]})


def trust(effect: str = "Allow") -> str:
    body = {"Effect": effect, "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}
    return json.dumps({"Version": "2012-10-17", "Statement": [body]})


VPC = "${aws_vpc.v.id}"
_PUBLIC = {"Principal": "*", "Effect": "Permit"}
_RULE = {"security_group_id": "${aws_security_group.g.id}", "ip_protocol": "tcp", "from_port": 443, "to_port": 443}
_ALARM = {
    "alarm_name": "cpu",
    "comparison_operator": "GreaterThanThreshold",
    "evaluation_periods": 2,
    "metric_name": "CPUUtilization",
    "namespace": "AWS/EC2",
    "period": 300,
    "statistic": "Average",
    "threshold": 80,
    "dimensions": {"InstanceId": "${aws_instance.i.id}"},
}
_INSTANCE = {
    "ami": "${data.aws_ssm_parameter.ami.value}",
    "instance_type": "t3.medium",
    "root_block_device": {"volume_type": "gp3", "volume_size": 20, "encrypted": True, "throughput": 125},
    "metadata_options": {"http_tokens": "required", "http_put_response_hop_limit": 1},
    "instance_market_options": {"market_type": "spot", "spot_options": {"spot_instance_type": "persistent"}},
}
_LIFECYCLE = {
    "id": "old",
    "status": "Enabled",
    "filter": [{"prefix": "db/"}],
    "noncurrent_version_expiration": [{"noncurrent_days": 30, "newer_noncurrent_versions": 7}],
    "abort_incomplete_multipart_upload": [{"days_after_initiation": 7}],
}
_SNAPSHOTS = {
    "resource_types": ["VOLUME"],
    "target_tags": {"Snapshot": "daily"},
    "schedule": [{"name": "daily", "create_rule": {"interval": 24, "times": ["03:00"]}, "retain_rule": {"count": 7}}],
}
_SSE = {"sse_algorithm": "AES256"}
_KEEP_TEN = json.dumps(
    {
        "rules": [
            {
                "rulePriority": 1,
                "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 10},
                "action": {"type": "expire"},
            }
        ]
    }
)
_DOCUMENT = {"schemaVersion": "2.2", "description": "x", "mainSteps": []}


def _with(base: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**base, **changes}


SAMPLES = [
    Sample("aws_vpc", {"cidr_block": "10.0.0.0/16"}, {"cidr_block": "10.0.300.0/16"}, "E3002"),
    Sample("aws_subnet", {"vpc_id": VPC, "cidr_block": "10.0.0.0/24"}, {"cidr_block": "10.0.300.0/24"}, "E3002"),
    Sample("aws_internet_gateway", {"vpc_id": VPC}, {"vpc_id": ["vpc-1"]}, "E3012"),
    Sample(
        "aws_route_table",
        {"vpc_id": VPC, "route": [{"cidr_block": "0.0.0.0/0", "gateway_id": "${aws_internet_gateway.g.id}"}]},
        {"route": [{"cidr_block": "0.0.0.0/33", "gateway_id": "${aws_internet_gateway.g.id}"}]},
        "E3002",
    ),
    Sample(
        "aws_route",
        {"route_table_id": "${aws_route_table.t.id}", "destination_cidr_block": "0.0.0.0/0", "gateway_id": "igw-1"},
        {"destination_cidr_block": "0.0.0.0/33"},
        "E3002",
    ),
    Sample(
        "aws_route_table_association",
        {"route_table_id": "${aws_route_table.t.id}", "subnet_id": "${aws_subnet.s.id}"},
        {"subnet_id": None},
        "E3003",
    ),
    Sample(
        "aws_vpc_endpoint",
        {"vpc_id": VPC, "service_name": "com.amazonaws.eu-central-1.s3", "vpc_endpoint_type": "Gateway"},
        {"vpc_endpoint_type": "Gate"},
        "E3030",
    ),
    Sample(
        "aws_vpc_peering_connection",
        {"vpc_id": VPC, "peer_vpc_id": "vpc-0123456789abcdef0"},
        {"peer_vpc_id": None},
        "E3003",
    ),
    Sample(
        "aws_flow_log",
        {
            "vpc_id": VPC,
            "traffic_type": "ALL",
            "log_destination": "${aws_cloudwatch_log_group.g.arn}",
            "iam_role_arn": "${aws_iam_role.r.arn}",
        },
        {"traffic_type": "EVERYTHING"},
        "E3030",
    ),
    Sample(
        "aws_security_group",
        {"name": "web", "description": "web", "vpc_id": VPC},
        {"description": "web \u2014 public"},
        "E3031",
    ),
    Sample("aws_vpc_security_group_ingress_rule", _with(_RULE, cidr_ipv4="0.0.0.0/0"), {"cidr_ipv4": "0.0.0.0/33"}, "E3002"),
    Sample("aws_vpc_security_group_egress_rule", _with(_RULE, cidr_ipv6="::/0"), {"cidr_ipv6": "::/300"}, "E3002"),
    Sample("aws_eip", {"domain": "vpc"}, {"domain": ["vpc"]}, "E3012"),
    Sample(
        "aws_eip_association",
        {"allocation_id": "${aws_eip.e.id}", "instance_id": "${aws_instance.i.id}"},
        {"instance_id": ["i-1"]},
        "E3012",
    ),
    Sample("aws_instance", _INSTANCE, {"instance_type": "t3.huge"}, "E3628"),
    Sample(
        "aws_ebs_volume",
        {"availability_zone": "${aws_subnet.s.availability_zone}", "size": 30, "type": "gp3", "encrypted": True},
        {"type": "gp9"},
        "E3030",
    ),
    Sample(
        "aws_volume_attachment",
        {"device_name": "/dev/sdf", "instance_id": "${aws_instance.i.id}", "volume_id": "${aws_ebs_volume.v.id}"},
        {"volume_id": None},
        "E3003",
    ),
    Sample(
        "aws_ecr_repository",
        {"name": "app/api", "image_tag_mutability": "IMMUTABLE", "image_scanning_configuration": {"scan_on_push": True}},
        {"name": "App/Api"},
        "E3031",
    ),
    Sample(
        "aws_ecr_lifecycle_policy",
        {"repository": "${aws_ecr_repository.r.name}", "policy": _KEEP_TEN},
        {"policy": _KEEP_TEN + " " * 40000},
        "E3033",
    ),
    Sample(
        "aws_dlm_lifecycle_policy",
        {
            "description": "daily",
            "execution_role_arn": "${aws_iam_role.r.arn}",
            "state": "ENABLED",
            "policy_details": _SNAPSHOTS,
        },
        {"state": ["ENABLED"]},
        "E3012",
    ),
    Sample("aws_s3_bucket", {"bucket": "app-backups"}, {"bucket": "App_Backups"}, "E3031"),
    Sample(
        "aws_s3_bucket_versioning",
        {"versioning_configuration": {"status": "Enabled"}},
        {"versioning_configuration": {"status": "On"}},
        "E3030",
    ),
    Sample(
        "aws_s3_bucket_server_side_encryption_configuration",
        {"rule": [{"apply_server_side_encryption_by_default": _SSE}]},
        {"rule": [{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES128"}}]},
        "E3030",
    ),
    Sample("aws_s3_bucket_public_access_block", {"block_public_acls": True}, {"block_public_acls": "yes"}, "E3012"),
    Sample(
        "aws_s3_bucket_ownership_controls",
        {"rule": {"object_ownership": "BucketOwnerEnforced"}},
        {"rule": {"object_ownership": "Owner"}},
        "E3030",
    ),
    Sample(
        "aws_s3_bucket_lifecycle_configuration",
        {"rule": [_LIFECYCLE]},
        {"rule": [_with(_LIFECYCLE, status="Enable")]},
        "E3030",
    ),
    Sample(
        "aws_s3_bucket_policy",
        {"bucket": "${aws_s3_bucket.b.id}", "policy": policy(Principal="*")},
        {"policy": policy(**_PUBLIC)},
        "E3512",
    ),
    Sample("aws_iam_role", {"name": "host", "assume_role_policy": trust()}, {"assume_role_policy": trust("Yes")}, "E3530"),
    Sample("aws_iam_role_policy", {"name": "p", "role": "host", "policy": policy()}, {"policy": policy("s3:Putt")}, "W3037"),
    Sample("aws_iam_policy", {"name": "p", "policy": policy()}, {"policy": policy(version="2020-01-01")}, "E3510"),
    Sample(
        "aws_iam_role_policy_attachment",
        {"role": "host", "policy_arn": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"},
        {"policy_arn": ["arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"]},
        "E3012",
    ),
    Sample("aws_iam_instance_profile", {"name": "host", "role": "host"}, {"role": ["host"]}, "E3012"),
    Sample(
        "aws_kms_key",
        {"deletion_window_in_days": 30, "policy": policy("kms:*", Principal="*", Resource="*")},
        {"deletion_window_in_days": 3},
        "E3034",
    ),
    Sample("aws_kms_alias", {"name": "alias/app", "target_key_id": "${aws_kms_key.k.id}"}, {"name": "app"}, "E3031"),
    Sample(
        "aws_ssm_parameter",
        {"name": "/app/image", "type": "String", "insecure_value": "x", "tier": "Standard"},
        {"tier": "Free"},
        "E3030",
    ),
    Sample(
        "aws_ssm_document",
        {"name": "update", "document_type": "Command", "content": json.dumps(_DOCUMENT)},
        {"document_type": "Comand"},
        "E3030",
    ),
    Sample("aws_secretsmanager_secret", {"name": "app/db"}, {"name": ["app/db"]}, "E3012"),
    Sample("aws_cloudwatch_log_group", {"name": "/app/api", "retention_in_days": 30}, {"retention_in_days": 8}, "E3030"),
    Sample(
        "aws_cloudwatch_log_metric_filter",
        {
            "log_group_name": "/app/api",
            "pattern": "ERROR",
            "metric_transformation": {"name": "errors", "namespace": "App", "value": "1"},
        },
        {"metric_transformation": {"name": "errors", "namespace": "App", "value": "1", "unit": "Cows"}},
        "E3030",
    ),
    Sample("aws_cloudwatch_metric_alarm", _ALARM, {"period": 45}, "E3615"),
    Sample(
        "aws_cloudwatch_dashboard",
        {"dashboard_name": "app", "dashboard_body": '{"widgets":[]}'},
        {"dashboard_body": None},
        "E3003",
    ),
    Sample("aws_sns_topic", {"name": "alarms"}, {"name": ["alarms"]}, "E3012"),
    Sample(
        "aws_sns_topic_policy",
        {
            "arn": "${aws_sns_topic.t.arn}",
            "policy": policy("sns:Publish", Principal="*", Resource="${aws_sns_topic.t.arn}"),
        },
        {"policy": policy("sns:Publish", **_PUBLIC)},
        "E3512",
    ),
    Sample(
        "aws_sns_topic_subscription",
        {"topic_arn": "${aws_sns_topic.t.arn}", "protocol": "email", "endpoint": "ops@example.com"},
        {"protocol": None},
        "E3003",
    ),
    Sample(
        "aws_route53_record",
        {"zone_id": "Z123", "name": "api.example.com", "type": "A", "ttl": 60, "records": ["192.0.2.1"]},
        {"records": ["not-an-address"]},
        "E3023",
    ),
]
