"""Every IAM action in a stack against policy_sentry's list of the actions that exist."""

from __future__ import annotations

import fnmatch
from functools import lru_cache

from policy_sentry.querying.all import get_all_actions

from . import policies, report
from .stack import Stack


@lru_cache(maxsize=1)
def _known() -> tuple[frozenset[str], tuple[str, ...]]:
    lower = sorted(action.lower() for action in get_all_actions())
    return frozenset(lower), tuple(lower)


def exists(action: str) -> bool:
    """True when the action, or at least one action that its wildcard covers, exists. Case does not count in IAM."""
    names, ordered = _known()
    wanted = action.lower()
    if "*" not in wanted and "?" not in wanted:
        return wanted in names
    return any(fnmatch.fnmatchcase(name, wanted) for name in ordered)


def evaluate(path: str) -> report.Evaluation:
    result = report.Evaluation()
    documents = statements = 0
    for policy in policies.collect(Stack.load(path)):
        documents += 1
        for statement in policy.statements():
            statements += 1
            for key in ("Action", "NotAction"):
                listed = statement.get(key, [])
                for action in listed if isinstance(listed, list) else [listed]:
                    result.evaluated += 1
                    if not exists(action):
                        result.findings.append(
                            report.Finding("UNKNOWN_ACTION", policy.address, f"AWS has no action {action}")
                        )
    result.notes.append(f"{documents} documents, {statements} statements")
    return result


if __name__ == "__main__":
    report.main(evaluate)
