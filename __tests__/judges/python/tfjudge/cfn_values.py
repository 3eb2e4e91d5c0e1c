"""A stack's values through cfn-lint: instance types, retention days, periods, CIDRs, names, policy grammar."""

from __future__ import annotations

import json
from collections import Counter

from cfnlint.api import lint
from cfnlint.config import ManualArgs

from . import report
from .cfn import registry
from .stack import Stack

# W3010 refuses fixed availability zones, which a Terraform stack names on purpose.
_NOT_FOR_TERRAFORM = ["W3010"]


def findings(translation: registry.Translation, region: str) -> list[report.Finding]:
    """What cfn-lint says about a translated stack, addressed by the Terraform resources."""
    matches = lint(
        json.dumps(translation.template),
        config=ManualArgs(regions=[region], ignore_checks=_NOT_FOR_TERRAFORM),
    )
    found = []
    for match in matches:
        path = [str(step) for step in match.path or []]
        logical_id = path[1] if len(path) > 1 and path[0] == "Resources" else ""
        address = translation.addresses.get(logical_id, "template")
        where = ".".join([address, *path[3:]])
        found.append(report.Finding(match.rule.id, where, match.message))
    return sorted(set(found), key=lambda finding: (finding.id, finding.where, finding.text))


def evaluate(path: str) -> report.Evaluation:
    stack = Stack.load(path)
    region = stack.region()
    translation = registry.translate(stack)
    missing = Counter(block.type for block in translation.untranslated)
    result = report.Evaluation(evaluated=len(translation.template["Resources"]))
    result.notes.append(f"{translation.arguments_read} of {translation.arguments_set} arguments in {region}")
    if missing:
        listed = ", ".join(f"{type_} x{count}" for type_, count in sorted(missing.items()))
        result.notes.append(f"{sum(missing.values())} untranslated ({listed})")
    result.findings = findings(translation, region)
    return result


if __name__ == "__main__":
    report.main(evaluate)
