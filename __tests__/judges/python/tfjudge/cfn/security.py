"""IAM, keys, parameters, secrets."""

from __future__ import annotations

import json
from typing import Any

from .args import Args
from .registry import CfnResource, cfn, translates

_ANY_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}},
    ],
}


@translates("aws_iam_role")
def role(a: Args) -> CfnResource:
    inline = [
        {"PolicyName": policy.get("name"), "PolicyDocument": policy.policy("policy")}
        for policy in a.blocks("inline_policy")
    ]
    return cfn(
        "AWS::IAM::Role",
        RoleName=a.get("name"),
        Path=a.get("path"),
        Description=a.get("description"),
        MaxSessionDuration=a.get("max_session_duration"),
        PermissionsBoundary=a.get("permissions_boundary"),
        ManagedPolicyArns=a.get("managed_policy_arns"),
        AssumeRolePolicyDocument=a.policy("assume_role_policy"),
        Policies=inline or None,
    )


@translates("aws_iam_role_policy")
def role_policy(a: Args) -> CfnResource:
    return cfn(
        "AWS::IAM::RolePolicy",
        PolicyName=a.get("name", "unnamed"),
        RoleName=a.get("role"),
        PolicyDocument=a.policy("policy"),
    )


@translates("aws_iam_policy")
def managed_policy(a: Args) -> CfnResource:
    return cfn(
        "AWS::IAM::ManagedPolicy",
        ManagedPolicyName=a.get("name"),
        Path=a.get("path"),
        Description=a.get("description"),
        PolicyDocument=a.policy("policy"),
    )


@translates("aws_iam_role_policy_attachment")
def role_policy_attachment(a: Args) -> CfnResource:
    # CloudFormation attaches on the role itself; the role's own resource is judged separately.
    return cfn(
        "AWS::IAM::Role",
        AssumeRolePolicyDocument=_ANY_TRUST,
        ManagedPolicyArns=[a.get("policy_arn")],
    )


@translates("aws_iam_instance_profile")
def instance_profile(a: Args) -> CfnResource:
    return cfn(
        "AWS::IAM::InstanceProfile",
        InstanceProfileName=a.get("name"),
        Path=a.get("path"),
        Roles=[a.get("role")],
    )


@translates("aws_kms_key")
def kms_key(a: Args) -> CfnResource:
    return cfn(
        "AWS::KMS::Key",
        Description=a.get("description"),
        EnableKeyRotation=a.get("enable_key_rotation"),
        RotationPeriodInDays=a.get("rotation_period_in_days"),
        PendingWindowInDays=a.get("deletion_window_in_days"),
        KeySpec=a.get("customer_master_key_spec"),
        KeyUsage=a.get("key_usage"),
        KeyPolicy=a.policy("policy"),
    )


@translates("aws_kms_alias")
def kms_alias(a: Args) -> CfnResource:
    return cfn("AWS::KMS::Alias", AliasName=a.get("name"), TargetKeyId=a.get("target_key_id"))


@translates("aws_ssm_parameter")
def ssm_parameter(a: Args) -> CfnResource:
    # CloudFormation cannot create a SecureString; its other arguments are judged as those of a String.
    kind = a.get("type")
    value = a.get("insecure_value", a.get("value", a.get("value_wo")))
    return cfn(
        "AWS::SSM::Parameter",
        Name=a.get("name"),
        Type="String" if kind == "SecureString" else kind,
        Tier=a.get("tier"),
        DataType=a.get("data_type"),
        Description=a.get("description"),
        AllowedPattern=a.get("allowed_pattern"),
        Value=value,
    )


@translates("aws_ssm_document")
def ssm_document(a: Args) -> CfnResource:
    return cfn(
        "AWS::SSM::Document",
        Name=a.get("name"),
        DocumentType=a.get("document_type"),
        DocumentFormat=a.get("document_format"),
        TargetType=a.get("target_type"),
        Content=_document(a.get("content")),
    )


def _document(content: Any) -> Any:
    """A JSON document as an object, so that cfn-lint judges its shape; other text as it is."""
    if isinstance(content, str) and content.lstrip().startswith("{"):
        return json.loads(content)
    return content


@translates("aws_secretsmanager_secret")
def secret(a: Args) -> CfnResource:
    return cfn(
        "AWS::SecretsManager::Secret",
        Name=a.get("name"),
        Description=a.get("description"),
        KmsKeyId=a.get("kms_key_id"),
    )
