"""Reads the arguments of one resource: values as CloudFormation writes them, nested blocks, policies."""

from __future__ import annotations

import re
from typing import Any

from .. import policies
from ..stack import Block, Stack
from ..template import Reference, split

_POLICY_DATA = re.compile(r"\$\{data\.aws_iam_policy_document\.([\w-]+)\.(?:minified_)?json\}")


def unknown(text: str) -> dict[str, str]:
    """The CloudFormation form of a value that only an apply can tell: cfn-lint accepts it for any type."""
    return {"Fn::ImportValue": "ref-" + re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")}


class Args:
    """Terraform arguments with every read counted, so that the report can say how many were judged."""

    def __init__(self, stack: Stack, values: dict[str, Any]):
        self._stack = stack
        self._values = values
        self._read: set[str] = set()

    def read_count(self) -> int:
        return len(self._read & self._values.keys())

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def get(self, name: str, default: Any = None) -> Any:
        """The value, or None when unset; references become unknowns unless a variable's default tells them."""
        self._read.add(name)
        value = self._values.get(name)
        return default if value is None else self._converted(value)

    def text(self, name: str) -> Any:
        """Like get, for a property that CloudFormation wants as a string where Terraform has a number."""
        value = self.get(name)
        if isinstance(value, bool):
            return str(value).lower()
        return str(value) if isinstance(value, (int, float)) else value

    def blocks(self, name: str) -> list["Args"]:
        """Nested blocks; a single block may stand as an object, a list, or not at all."""
        self._read.add(name)
        value = self._values.get(name)
        if value is None or isinstance(value, str):
            return []
        return [Args(self._stack, item) for item in (value if isinstance(value, list) else [value])]

    def block(self, name: str) -> "Args":
        """The only nested block of that name; an empty one when it is not set."""
        found = self.blocks(name)
        return found[0] if found else Args(self._stack, {})

    def policy(self, name: str) -> Any:
        """The policy document that an argument holds inline or takes from an `aws_iam_policy_document`."""
        self._read.add(name)
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        reference = _POLICY_DATA.fullmatch(value)
        if reference:
            address = f"data.aws_iam_policy_document.{reference[1]}"
            return policies.from_data_source(self._stack, self._data(address))
        document = policies.parsed(self._stack, value)
        return unknown(value) if document is None else document

    def _data(self, address: str) -> Block:
        for block in self._stack.data():
            if block.address == address:
                return block
        raise ValueError(f"{address} is referred to but not declared")

    def _converted(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._converted(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._converted(item) for item in value]
        return self._string(value) if isinstance(value, str) else value

    def _string(self, text: str) -> Any:
        pieces = [self._piece(piece) for piece in split(text)]
        if any(piece is None for piece in pieces):
            return unknown(text)
        return pieces[0] if len(pieces) == 1 else "".join(str(piece) for piece in pieces)

    def _piece(self, piece: str | Reference) -> Any:
        return self._stack.known(piece.expression) if isinstance(piece, Reference) else piece
