"""Cutting and rendering Terraform's string templates."""

from __future__ import annotations

import unittest

from tfjudge.template import Reference, render, split


class Split(unittest.TestCase):
    def test_pieces(self) -> None:
        cases = {
            "": [""],
            "plain": ["plain"],
            "${a.b}": [Reference("a.b")],
            "x-${ a.b }/y": ["x-", Reference("a.b"), "/y"],
            "$${HOME}": ["${HOME}"],
            "%%{http_code}": ["%{http_code}"],
            '${join("}", {a = 1})}!': [Reference('join("}", {a = 1})'), "!"],
            '${f("\\"}")}': [Reference('f("\\"}")')],
            "100%": ["100%"],
            "$$${x}": ["$${x}"],
        }
        for text, pieces in cases.items():
            with self.subTest(text):
                self.assertEqual(split(text), pieces)

    def test_an_expression_that_never_ends_is_refused(self) -> None:
        with self.assertRaisesRegex(ValueError, "never closed"):
            split("a ${b")


class Render(unittest.TestCase):
    def test_a_whole_reference_keeps_its_type(self) -> None:
        self.assertEqual(render({"n": ["${var.n}"]}, lambda expression: 7), {"n": [7]})

    def test_inside_text_it_becomes_text(self) -> None:
        self.assertEqual(render("n=${var.n}", lambda expression: 7), "n=7")

    def test_other_values_pass(self) -> None:
        self.assertEqual(render([1, True, None], lambda expression: "x"), [1, True, None])
