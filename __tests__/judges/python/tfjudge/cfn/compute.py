"""Instances, volumes, snapshots, container registries."""

from __future__ import annotations

import json
from typing import Any, Iterator

from .args import Args
from .registry import CfnResource, cfn, tidy, translates


def _volume(a: Args) -> dict[str, Any] | None:
    return tidy(
        VolumeType=a.get("volume_type"),
        VolumeSize=a.get("volume_size"),
        Encrypted=a.get("encrypted"),
        Iops=a.get("iops"),
        Throughput=a.get("throughput"),
        DeleteOnTermination=a.get("delete_on_termination"),
    )


def _instance_volume(a: Args) -> dict[str, Any] | None:
    # AWS::EC2::Instance has no Throughput; the launch template beside it carries that value.
    volume = _volume(a)
    return {key: value for key, value in volume.items() if key != "Throughput"} if volume else None


@translates("aws_instance")
def instance(a: Args) -> Iterator[CfnResource]:
    root = a.block("root_block_device")
    yield cfn(
        "AWS::EC2::Instance",
        InstanceType=a.get("instance_type"),
        ImageId=a.get("ami"),
        SubnetId=a.get("subnet_id"),
        SecurityGroupIds=a.get("vpc_security_group_ids"),
        IamInstanceProfile=a.get("iam_instance_profile"),
        KeyName=a.get("key_name"),
        Monitoring=a.get("monitoring"),
        EbsOptimized=a.get("ebs_optimized"),
        AvailabilityZone=a.get("availability_zone"),
        DisableApiTermination=a.get("disable_api_termination"),
        InstanceInitiatedShutdownBehavior=a.get("instance_initiated_shutdown_behavior"),
        CreditSpecification=tidy(CPUCredits=a.block("credit_specification").get("cpu_credits")),
        BlockDeviceMappings=[tidy(DeviceName="/dev/sda1", Ebs=_instance_volume(root))],
    )
    # Metadata and market options have their values listed on the launch template only.
    yield cfn("AWS::EC2::LaunchTemplate", LaunchTemplateData=_launch_options(a, root))


def _launch_options(a: Args, root: Args) -> dict[str, Any] | None:
    metadata = a.block("metadata_options")
    market = a.block("instance_market_options")
    spot = market.block("spot_options")
    return tidy(
        InstanceType=a.get("instance_type"),
        BlockDeviceMappings=[tidy(DeviceName="/dev/sda1", Ebs=_volume(root))],
        MetadataOptions=tidy(
            HttpEndpoint=metadata.get("http_endpoint"),
            HttpTokens=metadata.get("http_tokens"),
            HttpPutResponseHopLimit=metadata.get("http_put_response_hop_limit"),
            InstanceMetadataTags=metadata.get("instance_metadata_tags"),
        ),
        InstanceMarketOptions=tidy(
            MarketType=market.get("market_type"),
            SpotOptions=tidy(
                SpotInstanceType=spot.get("spot_instance_type"),
                InstanceInterruptionBehavior=spot.get("instance_interruption_behavior"),
                MaxPrice=spot.text("max_price"),
            ),
        ),
        MaintenanceOptions=tidy(AutoRecovery=a.block("maintenance_options").get("auto_recovery")),
    )


@translates("aws_ebs_volume")
def ebs_volume(a: Args) -> CfnResource:
    return cfn(
        "AWS::EC2::Volume",
        AvailabilityZone=a.get("availability_zone"),
        Size=a.get("size"),
        VolumeType=a.get("type"),
        Encrypted=a.get("encrypted"),
        Iops=a.get("iops"),
        Throughput=a.get("throughput"),
        KmsKeyId=a.get("kms_key_id"),
        SnapshotId=a.get("snapshot_id"),
    )


@translates("aws_volume_attachment")
def volume_attachment(a: Args) -> CfnResource:
    return cfn(
        "AWS::EC2::VolumeAttachment",
        Device=a.get("device_name"),
        InstanceId=a.get("instance_id"),
        VolumeId=a.get("volume_id"),
    )


@translates("aws_ecr_repository")
def ecr_repository(a: Args) -> CfnResource:
    encryption = a.block("encryption_configuration")
    return cfn(
        "AWS::ECR::Repository",
        RepositoryName=a.get("name"),
        ImageTagMutability=a.get("image_tag_mutability"),
        ImageTagMutabilityExclusionFilters=[
            tidy(
                ImageTagMutabilityExclusionFilterType=rule.get("filter_type"),
                ImageTagMutabilityExclusionFilterValue=rule.get("filter"),
            )
            for rule in a.blocks("image_tag_mutability_exclusion_filter")
        ]
        or None,
        ImageScanningConfiguration=tidy(ScanOnPush=a.block("image_scanning_configuration").get("scan_on_push")),
        EncryptionConfiguration=tidy(
            EncryptionType=encryption.get("encryption_type"), KmsKey=encryption.get("kms_key")
        ),
    )


@translates("aws_ecr_lifecycle_policy")
def ecr_lifecycle_policy(a: Args) -> CfnResource:
    text = a.get("policy")
    if isinstance(text, str):
        # cfn-lint reads the text only as a string; a text that is no JSON object is a fault that it cannot see.
        json.loads(text)
    return cfn("AWS::ECR::Repository", LifecyclePolicy={"LifecyclePolicyText": text})


def _schedule(a: Args) -> dict[str, Any] | None:
    create, retain = a.block("create_rule"), a.block("retain_rule")
    return tidy(
        Name=a.get("name"),
        CopyTags=a.get("copy_tags"),
        CreateRule=tidy(
            Interval=create.get("interval"),
            IntervalUnit=create.get("interval_unit"),
            Times=create.get("times"),
            CronExpression=create.get("cron_expression"),
        ),
        RetainRule=tidy(
            Count=retain.get("count"), Interval=retain.get("interval"), IntervalUnit=retain.get("interval_unit")
        ),
    )


@translates("aws_dlm_lifecycle_policy")
def dlm_lifecycle_policy(a: Args) -> CfnResource:
    details = a.block("policy_details")
    tags = details.get("target_tags")
    return cfn(
        "AWS::DLM::LifecyclePolicy",
        Description=a.get("description"),
        ExecutionRoleArn=a.get("execution_role_arn"),
        State=a.get("state"),
        PolicyDetails=tidy(
            PolicyType=details.get("policy_type"),
            ResourceTypes=details.get("resource_types"),
            TargetTags=[{"Key": key, "Value": value} for key, value in tags.items()] if tags else None,
            Schedules=[_schedule(schedule) for schedule in details.blocks("schedule")] or None,
        ),
    )
