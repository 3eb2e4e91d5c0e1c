"""S3: the separate Terraform resources each judged as the part of AWS::S3::Bucket that they set."""

from __future__ import annotations

from typing import Any

from .args import Args
from .registry import CfnResource, cfn, tidy, translates

_CANNED_ACLS = {
    "private": "Private",
    "public-read": "PublicRead",
    "public-read-write": "PublicReadWrite",
    "authenticated-read": "AuthenticatedRead",
    "log-delivery-write": "LogDeliveryWrite",
}


@translates("aws_s3_bucket")
def bucket(a: Args) -> CfnResource:
    acl = a.get("acl")
    return cfn(
        "AWS::S3::Bucket",
        BucketName=a.get("bucket"),
        ObjectLockEnabled=a.get("object_lock_enabled"),
        AccessControl=_CANNED_ACLS.get(acl, acl) if isinstance(acl, str) else acl,
    )


@translates("aws_s3_bucket_versioning")
def versioning(a: Args) -> CfnResource:
    status = a.block("versioning_configuration").get("status")
    return cfn("AWS::S3::Bucket", VersioningConfiguration=tidy(Status=status))


@translates("aws_s3_bucket_server_side_encryption_configuration")
def encryption(a: Args) -> CfnResource:
    rules = []
    for rule in a.blocks("rule"):
        default = rule.block("apply_server_side_encryption_by_default")
        by_default = tidy(SSEAlgorithm=default.get("sse_algorithm"), KMSMasterKeyID=default.get("kms_master_key_id"))
        rules.append(
            tidy(ServerSideEncryptionByDefault=by_default, BucketKeyEnabled=rule.get("bucket_key_enabled"))
        )
    return cfn("AWS::S3::Bucket", BucketEncryption={"ServerSideEncryptionConfiguration": rules})


@translates("aws_s3_bucket_public_access_block")
def public_access_block(a: Args) -> CfnResource:
    return cfn(
        "AWS::S3::Bucket",
        PublicAccessBlockConfiguration=tidy(
            BlockPublicAcls=a.get("block_public_acls"),
            BlockPublicPolicy=a.get("block_public_policy"),
            IgnorePublicAcls=a.get("ignore_public_acls"),
            RestrictPublicBuckets=a.get("restrict_public_buckets"),
        ),
    )


@translates("aws_s3_bucket_ownership_controls")
def ownership_controls(a: Args) -> CfnResource:
    rules = [tidy(ObjectOwnership=rule.get("object_ownership")) for rule in a.blocks("rule")]
    return cfn("AWS::S3::Bucket", OwnershipControls={"Rules": rules})


def _lifecycle_rule(a: Args) -> dict[str, Any] | None:
    expiration, noncurrent = a.block("expiration"), a.block("noncurrent_version_expiration")
    selected = a.block("filter")
    every = selected.block("and")
    return tidy(
        Id=a.get("id"),
        Status=a.get("status"),
        Prefix=selected.get("prefix", every.get("prefix")),
        ObjectSizeGreaterThan=_text_of(selected.get("object_size_greater_than", every.get("object_size_greater_than"))),
        ObjectSizeLessThan=_text_of(selected.get("object_size_less_than", every.get("object_size_less_than"))),
        ExpirationInDays=expiration.get("days"),
        ExpiredObjectDeleteMarker=expiration.get("expired_object_delete_marker"),
        NoncurrentVersionExpiration=tidy(
            NoncurrentDays=noncurrent.get("noncurrent_days"),
            NewerNoncurrentVersions=noncurrent.get("newer_noncurrent_versions"),
        ),
        AbortIncompleteMultipartUpload=tidy(
            DaysAfterInitiation=a.block("abort_incomplete_multipart_upload").get("days_after_initiation")
        ),
        Transitions=[
            tidy(StorageClass=move.get("storage_class"), TransitionInDays=move.get("days"))
            for move in a.blocks("transition")
        ]
        or None,
    )


def _text_of(value: Any) -> Any:
    return str(value) if isinstance(value, int) else value


@translates("aws_s3_bucket_lifecycle_configuration")
def lifecycle(a: Args) -> CfnResource:
    rules = [_lifecycle_rule(rule) for rule in a.blocks("rule")]
    return cfn("AWS::S3::Bucket", LifecycleConfiguration={"Rules": rules})


@translates("aws_s3_bucket_policy")
def bucket_policy(a: Args) -> CfnResource:
    return cfn("AWS::S3::BucketPolicy", Bucket=a.get("bucket"), PolicyDocument=a.policy("policy"))
