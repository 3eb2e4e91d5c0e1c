"""policy_sentry and parliament on planted policy faults, and their silence on sound policies of every kind."""

from __future__ import annotations

import json
import os
import tempfile
import unittest
from typing import Any

from tfjudge import action_names, policy_grammar, report

WRITE = {"actions": ["s3:PutObject"], "resources": ["${aws_s3_bucket.b.arn}/staging/*"]}
TRUST = {
    "actions": ["sts:AssumeRole"],
    "principals": [{"type": "Service", "identifiers": ["ec2.amazonaws.com"]}],
}
TLS_ONLY = {
    "effect": "Deny",
    "actions": ["s3:*"],
    "resources": ["${aws_s3_bucket.b.arn}"],
    "principals": [{"type": "*", "identifiers": ["*"]}],
    "condition": [{"test": "Bool", "variable": "aws:SecureTransport", "values": ["false"]}],
}


def judged(judge: Any, *statements: dict[str, Any], **role: Any) -> report.Evaluation:
    stack = {
        "provider": {"aws": [{"region": "eu-central-1"}]},
        "data": {"aws_iam_policy_document": {f"d{i}": {"statement": [s]} for i, s in enumerate(statements)}},
        "resource": {"aws_iam_role": {"r": role}} if role else {},
    }
    handle, path = tempfile.mkstemp(suffix=".json")
    try:
        with os.fdopen(handle, "w") as file:
            json.dump(stack, file)
        return judge.evaluate(path)
    finally:
        os.unlink(path)


def ids(judge: Any, *statements: dict[str, Any], **role: Any) -> list[str]:
    return [finding.id for finding in judged(judge, *statements, **role).findings]


class ActionNames(unittest.TestCase):
    def test_existing_names_in_any_case_and_wildcards(self) -> None:
        for action in ("s3:PutObject", "S3:putobject", "s3:Get*", "ssm:UpdateInstanceInformation", "*"):
            with self.subTest(action):
                self.assertTrue(action_names.exists(action))

    def test_invented_names(self) -> None:
        for action in ("s3:PutObjectz", "s3:Fetch*", "s4:PutObject"):
            with self.subTest(action):
                self.assertFalse(action_names.exists(action))

    def test_denied_and_excluded_actions_count_too(self) -> None:
        found = judged(action_names, TLS_ONLY, {"not_actions": ["iam:Nothing"], "resources": ["*"]})
        self.assertEqual([f.id for f in found.findings], ["UNKNOWN_ACTION"])
        self.assertEqual(found.evaluated, 2)


class Grammar(unittest.TestCase):
    def test_sound_policies_of_each_kind_are_clean(self) -> None:
        found = judged(policy_grammar, WRITE, TRUST, TLS_ONLY)
        self.assertEqual(found.findings, [])
        self.assertEqual(found.evaluated, 3)
        self.assertEqual(found.notes[0], "1 identity, 1 trust, 1 resource policies")

    def test_planted_faults(self) -> None:
        faults = {
            "RESOURCE_STAR": {**WRITE, "resources": ["*"]},
            "RESOURCE_MISMATCH": {**WRITE, "resources": ["arn:aws:s3:::bucket"]},
            "INVALID_ARN": {**WRITE, "resources": ["bucket/*"]},
            "MALFORMED": {**WRITE, "effect": "Permit"},
            "INVALID_SID": {**WRITE, "sid": "not allowed"},
            "UNKNOWN_OPERATOR": {**TLS_ONLY, "condition": [{"test": "Bol", "variable": "a", "values": ["b"]}]},
            "UNKNOWN_PRINCIPAL": {**TRUST, "principals": [{"type": "AWS", "identifiers": ["nobody"]}]},
        }
        for expected, statement in faults.items():
            with self.subTest(expected):
                self.assertIn(expected, ids(policy_grammar, statement))

    def test_a_trust_policy_without_principal(self) -> None:
        policy = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole"}})
        self.assertEqual(ids(policy_grammar, assume_role_policy=policy), ["MISSING_PRINCIPAL"])

    def test_an_action_that_parliament_does_not_know_hides_no_other_fault(self) -> None:
        statement = {"actions": ["s3:PutObjectz", "s3:PutObject"], "resources": ["*"]}
        found = judged(policy_grammar, statement)
        self.assertEqual([f.id for f in found.findings], ["RESOURCE_STAR"])
        self.assertIn("1 actions newer than parliament's list left to the name check", found.notes)
