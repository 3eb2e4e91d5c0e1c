"""Finds every IAM policy document in a stack, inline JSON strings and `aws_iam_policy_document` data alike."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Iterator

from . import template
from .arns import stand_in
from .stack import Block, Stack

_DATA_SOURCE = "aws_iam_policy_document"
_POLICY_KEYS = {"policy", "assume_role_policy", "policy_document", "access_policy"}
# Types whose `policy` argument is JSON but not an IAM policy.
_OTHER_POLICIES = {"aws_ecr_lifecycle_policy"}
_REFERENCE = re.compile(r"\$\{data\.aws_iam_policy_document\.[\w-]+\.(minified_)?json\}")


@dataclass(frozen=True)
class PolicyDocument:
    """A policy with every reference replaced by a stand-in; `kind` is identity, trust or resource."""

    address: str
    kind: str
    document: dict[str, Any]

    def statements(self) -> list[dict[str, Any]]:
        return _listed(self.document.get("Statement"))


class UnreadablePolicy(ValueError):
    """An argument that must hold a policy, but whose text cannot be judged before a plan."""


def collect(stack: Stack) -> Iterator[PolicyDocument]:
    """Every policy document once. Raises UnreadablePolicy for one that cannot be read."""
    for block in stack.data():
        if block.type == _DATA_SOURCE:
            yield _classified(block.address, "", from_data_source(stack, block))
    for block in stack.resources():
        if block.type not in _OTHER_POLICIES:
            yield from _inline(stack, block.address, block.args)


def from_data_source(stack: Stack, block: Block) -> dict[str, Any]:
    """The JSON that the provider would render for an `aws_iam_policy_document`."""
    args = template.render(block.args, lambda expression: stand_in(stack, expression))
    statements = [_statement(statement) for statement in _listed(args.get("statement"))]
    return {"Version": args.get("version", "2012-10-17"), "Statement": statements}


def _statement(source: dict[str, Any]) -> dict[str, Any]:
    names = {
        "actions": "Action",
        "not_actions": "NotAction",
        "resources": "Resource",
        "not_resources": "NotResource",
    }
    statement: dict[str, Any] = {"Effect": source.get("effect", "Allow")}
    if source.get("sid"):
        statement["Sid"] = source["sid"]
    for key, name in names.items():
        if source.get(key):
            statement[name] = _listed(source[key])
    for key, name in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        if source.get(key):
            statement[name] = _principals(_listed(source[key]))
    if source.get("condition"):
        statement["Condition"] = _conditions(_listed(source["condition"]))
    return statement


def _principals(blocks: list[dict[str, Any]]) -> Any:
    if any(block["type"] == "*" for block in blocks):
        return "*"
    merged: dict[str, list[str]] = {}
    for block in blocks:
        merged.setdefault(block["type"], []).extend(_listed(block["identifiers"]))
    return merged


def _conditions(blocks: list[dict[str, Any]]) -> dict[str, dict[str, list[str]]]:
    merged: dict[str, dict[str, list[str]]] = {}
    for block in blocks:
        merged.setdefault(block["test"], {}).setdefault(block["variable"], []).extend(_listed(block["values"]))
    return merged


def _inline(stack: Stack, path: str, value: Any, key: str = "") -> Iterator[PolicyDocument]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _inline(stack, f"{path}.{name}", item, name)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _inline(stack, f"{path}[{index}]", item, key)
    elif isinstance(value, str) and not _REFERENCE.fullmatch(value):
        document = parsed(stack, value)
        if document is not None:
            yield _classified(path, key, document)
        elif key in _POLICY_KEYS:
            raise UnreadablePolicy(f"{path}: not a policy that can be read before a plan: {value[:80]}")


def parsed(stack: Stack, text: str) -> dict[str, Any] | None:
    """The policy document that a JSON string holds, references replaced; None when it holds something else."""
    if not text.lstrip().startswith("{") or '"Statement"' not in text:
        return None
    rendered = template.render(text, lambda expression: stand_in(stack, expression))
    try:
        document = json.loads(rendered)
    except json.JSONDecodeError:
        return None
    return document if isinstance(document, dict) and "Statement" in document else None


def _classified(address: str, key: str, document: dict[str, Any]) -> PolicyDocument:
    statements = _listed(document.get("Statement"))
    if key == "assume_role_policy":
        kind = "trust"
    elif not any("Principal" in s or "NotPrincipal" in s for s in statements):
        kind = "identity"
    elif all(action.startswith("sts:") for s in statements for action in _listed(s.get("Action"))):
        kind = "trust"
    else:
        kind = "resource"
    return PolicyDocument(address, kind, document)


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
