"""The reading of user data on small texts: sound ones of both kinds, and one mistake at a time."""

from __future__ import annotations

import os
import tempfile
import unittest

from tfjudge import user_data

SCRIPT = "#!/bin/bash\nset -euo pipefail\n"
CONFIG = "#cloud-config\npackage_update: true\npackages: [docker.io]\nruncmd:\n  - [systemctl, start, docker]\n"


def ids(text: str) -> list[str]:
    handle, path = tempfile.mkstemp()
    try:
        with os.fdopen(handle, "w", newline="") as file:
            file.write(text)
        result = user_data.evaluate(path)
        assert result.evaluated == 1
        return [finding.id for finding in result.findings]
    finally:
        os.unlink(path)


class UserData(unittest.TestCase):
    def test_nothing_is_said_about_sound_texts(self) -> None:
        for text in (SCRIPT, CONFIG, "#!/usr/bin/env bash\n", CONFIG + "merge_how: dict()\n", "#cloud-config\n{}\n"):
            with self.subTest(text=text):
                self.assertEqual([], ids(text))

    def test_the_limit_is_exact(self) -> None:
        filler = "#" * (user_data.LIMIT - len(SCRIPT))
        self.assertEqual([], ids(SCRIPT + filler))
        self.assertEqual(["TOO_LONG"], ids(SCRIPT + filler + "#"))

    def test_each_mistake_has_its_own_id(self) -> None:
        mistakes = {
            "echo hello\n": ["UNKNOWN_TYPE"],
            "": ["UNKNOWN_TYPE"],
            "#include\nhttps://example.com/\n": ["UNKNOWN_TYPE"],
            "\n" + SCRIPT: ["LATE_START"],
            "#!bin/bash\n": ["INTERPRETER"],
            SCRIPT.replace("\n", "\r\n"): ["CRLF"],
            CONFIG.replace("[docker.io]", "docker.io"): ["SCHEMA"],
            CONFIG.replace("package_update", "package_updat"): ["UNKNOWN_KEY"],
            CONFIG + "write_files: [\n": ["YAML"],
        }
        for text, expected in mistakes.items():
            with self.subTest(text=text):
                self.assertEqual(expected, ids(text))


if __name__ == "__main__":
    unittest.main()
