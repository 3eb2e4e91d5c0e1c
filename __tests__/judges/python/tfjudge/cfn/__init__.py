"""Terraform resources as CloudFormation, so that cfn-lint's schemas, which AWS writes, judge their values."""

# Importing a module registers its translators.
from . import compute, network, operations, security, storage  # noqa: F401
