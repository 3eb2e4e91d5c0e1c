"""Stand-ins for values that only AWS can give, so that a policy can be judged before anything exists."""

from __future__ import annotations

import re
from typing import Any

from .stack import Stack

ACCOUNT = "111122223333"
NAME = "placeholder"

# What follows "arn:aws:" in the ARN of each resource type; {r} is the region, {a} the account.
_ARN_BY_TYPE = {
    "aws_cloudwatch_log_group": "logs:{r}:{a}:log-group:placeholder",
    "aws_db_instance": "rds:{r}:{a}:db:placeholder",
    "aws_dlm_lifecycle_policy": "dlm:{r}:{a}:policy/placeholder",
    "aws_ebs_volume": "ec2:{r}:{a}:volume/vol-0123456789abcdef0",
    "aws_ecr_repository": "ecr:{r}:{a}:repository/placeholder",
    "aws_ecs_cluster": "ecs:{r}:{a}:cluster/placeholder",
    "aws_eks_cluster": "eks:{r}:{a}:cluster/placeholder",
    "aws_iam_openid_connect_provider": "iam::{a}:oidc-provider/token.actions.githubusercontent.com",
    "aws_iam_policy": "iam::{a}:policy/placeholder",
    "aws_iam_role": "iam::{a}:role/placeholder",
    "aws_instance": "ec2:{r}:{a}:instance/i-0123456789abcdef0",
    "aws_kms_key": "kms:{r}:{a}:key/11111111-2222-3333-4444-555555555555",
    "aws_s3_bucket": "s3:::placeholder",
    "aws_secretsmanager_secret": "secretsmanager:{r}:{a}:secret:placeholder-abcdef",
    "aws_sns_topic": "sns:{r}:{a}:placeholder",
    "aws_sqs_queue": "sqs:{r}:{a}:placeholder",
    "aws_ssm_document": "ssm:{r}:{a}:document/placeholder",
    "aws_ssm_parameter": "ssm:{r}:{a}:parameter/placeholder",
    "aws_vpc": "ec2:{r}:{a}:vpc/vpc-0123456789abcdef0",
}


def stand_in(stack: Stack, expression: str) -> Any:
    """A value of the right form for any reference. Raises ValueError for the ARN of a type it does not know."""
    known = stack.known(expression)
    if known is not None:
        return known
    reference = re.fullmatch(r"(data\.)?(\w+)\.[\w-]+(?:\[[^\]]*\])?\.(\w+)", expression)
    if not reference:
        return NAME
    type_, attribute = reference[2], reference[3]
    if type_ == "aws_caller_identity":
        return ACCOUNT
    if type_ == "aws_region":
        return stack.region()
    if type_ == "aws_partition":
        return "amazonaws.com" if attribute == "dns_suffix" else "aws"
    if attribute != "arn":
        return NAME
    if type_ not in _ARN_BY_TYPE:
        raise ValueError(f"{expression}: add the ARN form of {type_} to tfjudge/arns.py")
    return "arn:aws:" + _ARN_BY_TYPE[type_].format(r=stack.region(), a=ACCOUNT)
