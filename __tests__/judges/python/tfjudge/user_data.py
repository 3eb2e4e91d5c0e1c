"""User data read by cloud-init's own code: what kind it is taken for, and whether a cloud-config fits its schema."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any

from cloudinit import handlers, safeyaml
from cloudinit.config import schema

from . import report

# EC2's limit, before the encoding.
LIMIT = 16 * 1024

# Keys at the top that cloud-init reads outside its schema, by its manual on merging, output and data sources.
_OUTSIDE_THE_SCHEMA = frozenset({"merge_how", "merge_type", "output", "datasource", "launch-index"})


@lru_cache(maxsize=1)
def _schema() -> dict[str, Any]:
    return schema.get_schema()


@lru_cache(maxsize=1)
def _known_keys() -> frozenset[str]:
    modules = (_schema()["$defs"][part["$ref"].rsplit("/", 1)[1]] for part in _schema()["allOf"])
    return _OUTSIDE_THE_SCHEMA.union(*(module.get("properties", {}) for module in modules))


def _shape(where: str, raw: bytes) -> list[report.Finding]:
    findings = []
    if len(raw) > LIMIT:
        findings.append(report.Finding("TOO_LONG", where, f"{len(raw)} bytes; EC2 takes {LIMIT}"))
    if b"\r\n" in raw:
        findings.append(report.Finding("CRLF", where, "Windows line ends: the interpreter's name would end with \\r"))
    return findings


def _script(where: str, raw: bytes) -> list[report.Finding]:
    """Cloud-init skips white space before it looks for the kind; the kernel, which runs the script, does not."""
    if not raw.startswith(b"#!"):
        return [report.Finding("LATE_START", where, "the kernel reads #! in the first two bytes only")]
    if not raw[2:].lstrip(b" \t").startswith(b"/"):
        return [report.Finding("INTERPRETER", where, "the interpreter is no absolute path")]
    return []


def _config(where: str, path: str, raw: bytes) -> list[report.Finding]:
    try:
        schema.validate_cloudconfig_file(path, _schema())
    except schema.SchemaValidationError as error:
        problems = [*(error.schema_errors or []), *(error.schema_deprecations or [])]
        return [report.Finding(_problem_id(key), where, f"{key}: {message}") for key, message in problems]
    unknown = sorted(set(safeyaml.load(raw)) - _known_keys())
    return [report.Finding("UNKNOWN_KEY", where, f"cloud-init has no key {key}") for key in unknown]


def _problem_id(path: str) -> str:
    return "YAML" if path.startswith("format-") else "SCHEMA"


def evaluate(path: str) -> report.Evaluation:
    with open(path, "rb") as file:
        raw = file.read()
    where = os.path.basename(path)
    kind = handlers.type_from_starts_with(raw)
    findings = _shape(where, raw)
    if kind == "text/x-shellscript":
        findings += _script(where, raw)
    elif kind == "text/cloud-config":
        findings += _config(where, path, raw)
    else:
        findings.append(report.Finding("UNKNOWN_TYPE", where, f"neither script nor cloud-config, but {kind}: not run"))
    return report.Evaluation(evaluated=1, notes=[f"{len(raw)} bytes as {kind}"], findings=findings)


if __name__ == "__main__":
    report.main(evaluate)
