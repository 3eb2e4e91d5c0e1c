"""One synthesized stack: its resources, data sources, variable defaults and region."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Iterator

from . import template

_NOT_ARGUMENTS = {"//", "lifecycle", "depends_on", "provider", "provisioner", "connection", "count"}


@dataclass(frozen=True)
class Block:
    """A resource or data source: `aws_vpc.main` or `data.aws_region.current`."""

    address: str
    type: str
    name: str
    args: dict[str, Any]


class Stack:
    """The parsed `cdk.tf.json` of one stack."""

    def __init__(self, document: dict[str, Any]):
        self.document = document

    @staticmethod
    def load(path: str) -> "Stack":
        with open(path, encoding="utf-8") as handle:
            return Stack(json.load(handle))

    def resources(self) -> Iterator[Block]:
        yield from self._blocks("resource", "")

    def data(self) -> Iterator[Block]:
        yield from self._blocks("data", "data.")

    def _blocks(self, section: str, prefix: str) -> Iterator[Block]:
        for type_, named in self.document.get(section, {}).items():
            for name, body in named.items():
                args = {key: value for key, value in body.items() if key not in _NOT_ARGUMENTS}
                yield Block(f"{prefix}{type_}.{name}", type_, name, args)

    def expanded_resources(self) -> Iterator[Block]:
        """Like resources, with one block for each value of a `for_each` over a set variable that has a default."""
        for block in self.resources():
            over = re.fullmatch(r"\$\{toset\((var\.[\w-]+)\)\}", str(block.args.get("for_each", "")))
            values = self.known(over[1]) if over else None
            if not values:
                yield block
            for value in values or []:
                args = template.render_each(block.args, value)
                yield Block(f'{block.address}["{value}"]', block.type, block.name, args)

    def region(self) -> str:
        """The region of the default AWS provider. Raises ValueError when it is not a known value."""
        for provider in self.document.get("provider", {}).get("aws", []):
            if "alias" not in provider:
                region = template.render(provider.get("region"), self.known)
                if isinstance(region, str):
                    return region
        raise ValueError("the stack's default aws provider has no region that is known before a plan")

    def known(self, expression: str) -> Any:
        """The value of `var.name` (its default) or of a literal `local.name`; None when only a plan can tell.

        An empty text as a default stands for "not given" and is no value.
        """
        variable = re.fullmatch(r"var\.([\w-]+)", expression)
        if variable:
            return self.document.get("variable", {}).get(variable[1], {}).get("default") or None
        local = re.fullmatch(r"local\.([\w-]+)", expression)
        if local:
            value = self.document.get("locals", {}).get(local[1])
            return None if isinstance(value, str) and "${" in value else value
        return None
