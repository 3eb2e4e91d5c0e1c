"""The one form in which every Python checker hands its results back: a JSON object per input on stdout."""

from __future__ import annotations

import contextlib
import json
import sys
from dataclasses import asdict, dataclass, field
from typing import Any, Callable

_LONGEST = 140


@dataclass(frozen=True)
class Finding:
    """One fault: the checker's own id, the Terraform address, and the checker's words cut to a readable length."""

    id: str
    where: str
    text: str

    def __post_init__(self) -> None:
        if len(self.text) > _LONGEST:
            object.__setattr__(self, "text", self.text[:_LONGEST] + "...")


@dataclass
class Evaluation:
    """What a checker looked at (`evaluated` must be above zero for the result to count) and what it found."""

    evaluated: int = 0
    notes: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def main(evaluate: Callable[[str], Evaluation]) -> None:
    """Evaluates each file named on the command line and prints `{path: evaluation}`."""
    # A checker may print words of its own; only the results belong on stdout.
    with contextlib.redirect_stdout(sys.stderr):
        results = {path: evaluated(evaluate, path) for path in sys.argv[1:]}
    json.dump(results, sys.stdout, indent=1, sort_keys=True)


def evaluated(evaluate: Callable[[str], Evaluation], path: str) -> dict[str, Any]:
    """One evaluation as JSON; input that the checker cannot read is a finding, never a silent gap."""
    try:
        return asdict(evaluate(path))
    except ValueError as error:
        return asdict(Evaluation(findings=[Finding("UNREADABLE", "stack", str(error))]))
