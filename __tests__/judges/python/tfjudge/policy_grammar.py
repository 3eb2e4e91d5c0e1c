"""Every policy document in a stack through parliament: grammar, ARNs, conditions, resources that fit the actions."""

from __future__ import annotations

import json
from typing import Any

import parliament

from . import policies, report
from .arns import ACCOUNT
from .policies import PolicyDocument
from .stack import Stack

# Action names are judged by `action_names`, whose list is newer than parliament's.
_NAMES = {"UNKNOWN_ACTION", "UNKNOWN_PREFIX"}
# A trust policy has no Resource, which parliament demands: it is judged as if it named the role that it belongs to.
_ROLE = f"arn:aws:iam::{ACCOUNT}:role/placeholder"


def _knows(action: str) -> bool:
    if action in ("*", "*:*"):
        return True
    try:
        return len(parliament.expand_action(action)) > 0
    except (parliament.UnknownActionException, parliament.UnknownPrefixException):
        return False


def _judgeable(policy: PolicyDocument) -> tuple[dict[str, Any], int]:
    """The document as parliament can read it, and how many actions it does not know and were left out."""
    statements = []
    left_out = 0
    for source in policy.statements():
        statement = dict(source)
        if policy.kind == "trust":
            statement["Resource"] = _ROLE
        if "Condition" in statement:
            statement["Condition"] = _scalars(statement["Condition"])
        actions = statement.get("Action", [])
        listed = actions if isinstance(actions, list) else [actions]
        kept = [action for action in listed if _knows(action)]
        left_out += len(listed) - len(kept)
        if kept:
            statement["Action"] = kept
        if kept or "NotAction" in statement or not listed:
            statements.append(statement)
    return {**policy.document, "Statement": statements}, left_out


def _scalars(conditions: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Lists of one as a plain value: the same to IAM, but parliament stops on them in Bool conditions."""
    return {
        operator: {key: v[0] if isinstance(v, list) and len(v) == 1 else v for key, v in keys.items()}
        for operator, keys in conditions.items()
    }


def _without_principal(policy: PolicyDocument) -> list[report.Finding]:
    if policy.kind == "identity":
        return []
    return [
        report.Finding("MISSING_PRINCIPAL", policy.address, f"statement {index} of a {policy.kind} policy names nobody")
        for index, statement in enumerate(policy.statements())
        if "Principal" not in statement and "NotPrincipal" not in statement
    ]


def evaluate(path: str) -> report.Evaluation:
    result = report.Evaluation()
    kinds = {"identity": 0, "trust": 0, "resource": 0}
    unknown = 0
    for policy in policies.collect(Stack.load(path)):
        kinds[policy.kind] += 1
        document, left_out = _judgeable(policy)
        unknown += left_out
        result.evaluated += len(document["Statement"])
        result.findings += _without_principal(policy)
        for finding in parliament.analyze_policy_string(json.dumps(document)).findings:
            if finding.issue not in _NAMES:
                text = finding.detail if isinstance(finding.detail, str) else json.dumps(finding.detail, default=str)
                result.findings.append(report.Finding(finding.issue, policy.address, text))
    result.notes.append(", ".join(f"{count} {kind}" for kind, count in kinds.items()) + " policies")
    if unknown:
        result.notes.append(f"{unknown} actions newer than parliament's list left to the name check")
    return result


if __name__ == "__main__":
    report.main(evaluate)
