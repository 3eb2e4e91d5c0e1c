"""Finding policy documents: data sources, inline JSON, and the ones that nobody can read before a plan."""

from __future__ import annotations

import json
import unittest
from typing import Any

from tfjudge import policies, report
from tfjudge.stack import Stack

TRUST = {
    "actions": ["sts:AssumeRole"],
    "principals": [{"type": "Service", "identifiers": ["ec2.amazonaws.com"]}],
}
READ = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}


def collected(**sections: Any) -> dict[str, policies.PolicyDocument]:
    stack = Stack({"provider": {"aws": [{"region": "eu-central-1"}]}, **sections})
    return {policy.address: policy for policy in policies.collect(stack)}


def resource(type_: str, **args: Any) -> dict[str, Any]:
    return {type_: {"x": args}}


class DataSources(unittest.TestCase):
    def document(self, **statement: Any) -> policies.PolicyDocument:
        found = collected(data=resource("aws_iam_policy_document", statement=[statement]))
        return found["data.aws_iam_policy_document.x"]

    def test_every_part_of_a_statement(self) -> None:
        policy = self.document(
            sid="Tls",
            effect="Deny",
            actions=["s3:*"],
            not_resources=["${aws_s3_bucket.b.arn}/*"],
            principals=[{"type": "AWS", "identifiers": ["*"]}],
            condition=[{"test": "Bool", "variable": "aws:SecureTransport", "values": ["false"]}],
        )
        self.assertEqual(
            policy.document["Statement"],
            [
                {
                    "Effect": "Deny",
                    "Sid": "Tls",
                    "Action": ["s3:*"],
                    "NotResource": ["arn:aws:s3:::placeholder/*"],
                    "Principal": {"AWS": ["*"]},
                    "Condition": {"Bool": {"aws:SecureTransport": ["false"]}},
                }
            ],
        )
        self.assertEqual(policy.kind, "resource")

    def test_kinds(self) -> None:
        self.assertEqual(self.document(**TRUST).kind, "trust")
        self.assertEqual(self.document(actions=["s3:GetObject"], resources=["*"]).kind, "identity")

    def test_the_arn_of_an_unknown_type_is_an_error(self) -> None:
        with self.assertRaisesRegex(ValueError, "aws_made_up to tfjudge/arns.py"):
            self.document(actions=["s3:GetObject"], resources=["${aws_made_up.x.arn}"])


class Inline(unittest.TestCase):
    def test_json_at_any_depth(self) -> None:
        inline = [{"name": "p", "policy": json.dumps(READ)}]
        found = collected(resource=resource("aws_iam_role", inline_policy=inline))
        self.assertEqual(list(found), ["aws_iam_role.x.inline_policy[0].policy"])
        self.assertEqual(len(found["aws_iam_role.x.inline_policy[0].policy"].statements()), 1)

    def test_policy_variables_are_not_references(self) -> None:
        text = json.dumps(READ).replace('"*"', '"arn:aws:s3:::b/$${aws:username}"')
        found = collected(resource=resource("aws_iam_policy", policy=text))
        self.assertEqual(
            found["aws_iam_policy.x.policy"].statements()[0]["Resource"], "arn:aws:s3:::b/${aws:username}"
        )

    def test_a_trust_policy_without_principal_is_still_a_trust_policy(self) -> None:
        found = collected(resource=resource("aws_iam_role", assume_role_policy=json.dumps(READ)))
        self.assertEqual(found["aws_iam_role.x.assume_role_policy"].kind, "trust")

    def test_a_reference_to_a_data_source_is_not_counted_twice(self) -> None:
        reference = "${data.aws_iam_policy_document.x.json}"
        self.assertEqual(collected(resource=resource("aws_iam_policy", policy=reference)), {})

    def test_an_ecr_lifecycle_policy_is_no_iam_policy(self) -> None:
        self.assertEqual(collected(resource=resource("aws_ecr_lifecycle_policy", policy='{"rules":[]}')), {})

    def test_other_json_is_left_alone(self) -> None:
        body = '{"widgets":["${aws_made_up.x.arn}"]}'
        self.assertEqual(collected(resource=resource("aws_cloudwatch_dashboard", dashboard_body=body)), {})

    def test_a_policy_that_cannot_be_read_is_a_finding(self) -> None:
        def evaluate(_: str) -> report.Evaluation:
            collected(resource=resource("aws_iam_policy", policy="${local.computed}"))
            return report.Evaluation()

        self.assertEqual([f["id"] for f in report.evaluated(evaluate, "")["findings"]], ["UNREADABLE"])
