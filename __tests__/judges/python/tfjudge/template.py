"""Terraform's string templates: literal text, the escapes `$${` and `%%{`, and `${ expression }`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Callable

_EACH = re.compile(r"(?<!\$)\$\{each\.(?:value|key)\}")


@dataclass(frozen=True)
class Reference:
    """One `${ expression }` inside a string."""

    expression: str


def split(text: str) -> list[str | Reference]:
    """Cuts a Terraform string into literal pieces (unescaped) and references.

    Raises ValueError for a `${` that is never closed.
    """
    pieces: list[str | Reference] = []
    literal = ""
    at = 0
    while at < len(text):
        if text.startswith(("$${", "%%{"), at):
            literal += text[at + 1 : at + 3]
            at += 3
        elif text.startswith("${", at):
            end = _closing_brace(text, at + 2)
            if literal:
                pieces.append(literal)
            literal = ""
            pieces.append(Reference(text[at + 2 : end].strip()))
            at = end + 1
        else:
            literal += text[at]
            at += 1
    if literal or not pieces:
        pieces.append(literal)
    return pieces


def _closing_brace(text: str, start: int) -> int:
    depth = 1
    quoted = False
    at = start
    while at < len(text):
        char = text[at]
        if char == "\\" and quoted:
            at += 2
            continue
        if char == '"':
            quoted = not quoted
        elif not quoted and char == "{":
            depth += 1
        elif not quoted and char == "}":
            depth -= 1
            if depth == 0:
                return at
        at += 1
    raise ValueError(f"template expression is never closed: {text[start - 2 : start + 60]}")


def render(value: Any, resolve: Callable[[str], Any]) -> Any:
    """Replaces every reference in a JSON value, at any depth, by what `resolve(expression)` returns.

    A string that consists of one reference becomes the resolved value with its own type; inside a longer
    string the resolved value is written as text.
    """
    if isinstance(value, dict):
        return {key: render(item, resolve) for key, item in value.items()}
    if isinstance(value, list):
        return [render(item, resolve) for item in value]
    if not isinstance(value, str):
        return value
    pieces = split(value)
    if len(pieces) == 1:
        piece = pieces[0]
        return resolve(piece.expression) if isinstance(piece, Reference) else piece
    return "".join(p if isinstance(p, str) else str(resolve(p.expression)) for p in pieces)


def render_each(value: Any, each: str) -> Any:
    """Replaces `${each.value}` and `${each.key}`, which are the same in a set; other references stay."""
    if isinstance(value, dict):
        return {key: render_each(item, each) for key, item in value.items() if key != "for_each"}
    if isinstance(value, list):
        return [render_each(item, each) for item in value]
    return _EACH.sub(lambda _: each, value) if isinstance(value, str) else value
