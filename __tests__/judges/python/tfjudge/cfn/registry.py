"""The table of translators: one function per Terraform type, returning the CloudFormation resources to judge."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Callable, Iterable

from ..stack import Block, Stack
from .args import Args


@dataclass(frozen=True)
class CfnResource:
    type: str
    properties: dict[str, Any]


Translator = Callable[[Args], "CfnResource | Iterable[CfnResource]"]
TRANSLATORS: dict[str, Translator] = {}


def translates(*terraform_types: str) -> Callable[[Translator], Translator]:
    """Registers a translator for the named Terraform types."""

    def register(function: Translator) -> Translator:
        for type_ in terraform_types:
            if type_ in TRANSLATORS:
                raise ValueError(f"{type_} has two translators")
            TRANSLATORS[type_] = function
        return function

    return register


def cfn(type_: str, **properties: Any) -> CfnResource:
    """A CloudFormation resource without the properties that Terraform does not set."""
    return CfnResource(type_, {key: value for key, value in properties.items() if value is not None})


def tidy(**properties: Any) -> dict[str, Any] | None:
    """A nested property object without unset values; None when nothing is set."""
    return {key: value for key, value in properties.items() if value is not None} or None


@dataclass
class Translation:
    """The template, which Terraform address each logical id came from, and what could not be translated."""

    template: dict[str, Any]
    addresses: dict[str, str]
    untranslated: list[Block]
    arguments_read: int
    arguments_set: int


def translate(stack: Stack) -> Translation:
    resources: dict[str, Any] = {}
    addresses: dict[str, str] = {}
    result = Translation({}, addresses, [], 0, 0)
    for block in stack.expanded_resources():
        translator = TRANSLATORS.get(block.type)
        if translator is None:
            result.untranslated.append(block)
            continue
        args = Args(stack, block.args)
        made = translator(args)
        for number, resource in enumerate([made] if isinstance(made, CfnResource) else made):
            logical_id = re.sub(r"[^A-Za-z0-9]", "", block.address.title()) + (str(number) if number else "")
            if logical_id in resources:
                raise ValueError(f"{block.address} and {addresses[logical_id]} share a logical id")
            resources[logical_id] = {"Type": resource.type, "Properties": resource.properties}
            addresses[logical_id] = block.address
        result.arguments_read += args.read_count()
        result.arguments_set += len(block.args)
    result.template = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}
    return result
