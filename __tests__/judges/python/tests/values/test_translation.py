"""Every translator against cfn-lint: silent on good arguments, the named id on its planted fault."""

from __future__ import annotations

import unittest
from typing import Any

from tfjudge import cfn_values
from tfjudge.cfn import registry
from tfjudge.stack import Stack

from .samples import REGION, SAMPLES, Sample


def stack_of(resources: dict[str, dict[str, Any]]) -> Stack:
    return Stack({"provider": {"aws": [{"region": REGION}]}, "resource": resources})


def linted(faulty: bool) -> dict[str, set[str]]:
    """The ids reported per Terraform type, all samples in one template."""
    resources = {s.type: {"x": {**s.good, **(s.fault if faulty else {})}} for s in SAMPLES}
    reported: dict[str, set[str]] = {s.type: set() for s in SAMPLES}
    for finding in cfn_values.findings(registry.translate(stack_of(resources)), REGION):
        reported.setdefault(finding.where.split(".")[0], set()).add(finding.id)
    return reported


class Translation(unittest.TestCase):
    good: dict[str, set[str]]
    faulty: dict[str, set[str]]

    @classmethod
    def setUpClass(cls) -> None:
        cls.good = linted(faulty=False)
        cls.faulty = linted(faulty=True)

    def test_every_translated_type_has_one_sample(self) -> None:
        self.assertEqual(sorted(s.type for s in SAMPLES), sorted(registry.TRANSLATORS))

    def test_good_arguments_are_clean(self) -> None:
        self.assertEqual({type_: ids for type_, ids in self.good.items() if ids}, {})

    def test_each_fault_is_reported_by_its_id(self) -> None:
        for sample in SAMPLES:
            with self.subTest(sample.type):
                self.assertIn(sample.rule, self.faulty[sample.type])

    def test_every_fault_changes_its_sample(self) -> None:
        for sample in SAMPLES:
            with self.subTest(sample.type):
                self.assertNotEqual({**sample.good, **sample.fault}, sample.good)


class Values(unittest.TestCase):
    def properties(self, sample: Sample, **sections: Any) -> dict[str, Any]:
        stack = Stack({"resource": {sample.type: {"x": sample.good}}, **sections})
        resources = registry.translate(stack).template["Resources"]
        return next(iter(resources.values()))["Properties"]

    def test_a_variable_counts_with_its_default(self) -> None:
        sample = Sample("aws_subnet", {"vpc_id": "${var.vpc}", "cidr_block": "${var.cidr}"}, {}, "")
        found = self.properties(sample, variable={"cidr": {"default": "10.0.300.0/24"}, "vpc": {"default": ""}})
        self.assertEqual(found["CidrBlock"], "10.0.300.0/24")
        self.assertEqual(found["VpcId"], {"Fn::ImportValue": "ref-var-vpc"})

    def test_a_set_with_a_default_is_judged_value_by_value(self) -> None:
        rule = {"for_each": "${toset(var.ranges)}", "cidr_ipv4": "${each.value}", "ip_protocol": "tcp"}
        resource = {"aws_vpc_security_group_ingress_rule": {"web": rule}}
        for default, expected in (
            (["10.0.0.0/33", "10.1.0.0/16"], ["10.0.0.0/33", "10.1.0.0/16"]),
            ([], [{"Fn::ImportValue": "ref-each-value"}]),
        ):
            with self.subTest(default):
                stack = Stack({"resource": resource, "variable": {"ranges": {"default": default}}})
                template = registry.translate(stack).template["Resources"].values()
                self.assertEqual([made["Properties"]["CidrIp"] for made in template], expected)

    def test_an_escaped_reference_is_text(self) -> None:
        sample = Sample("aws_sns_topic", {"name": "a", "display_name": "$${HOME} %%{x}"}, {}, "")
        self.assertEqual(self.properties(sample)["DisplayName"], "${HOME} %{x}")

    def test_a_policy_is_taken_from_its_data_source(self) -> None:
        sample = Sample("aws_iam_role_policy", {"role": "r", "policy": "${data.aws_iam_policy_document.d.json}"}, {}, "")
        statement = {"actions": ["s3:GetObject"], "resources": ["*"]}
        found = self.properties(sample, data={"aws_iam_policy_document": {"d": {"statement": [statement]}}})
        self.assertEqual(found["PolicyDocument"]["Statement"][0]["Action"], ["s3:GetObject"])

    def test_types_without_a_translator_are_listed(self) -> None:
        translation = registry.translate(stack_of({"aws_made_up": {"x": {"a": 1}}}))
        self.assertEqual([block.address for block in translation.untranslated], ["aws_made_up.x"])

    def test_arguments_are_counted(self) -> None:
        translation = registry.translate(stack_of({"aws_eip": {"x": {"domain": "vpc", "tags": {}}}}))
        self.assertEqual((translation.arguments_read, translation.arguments_set), (1, 2))
