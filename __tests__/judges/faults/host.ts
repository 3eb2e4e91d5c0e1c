/** Mistakes at the instance, its network, disks, alarms and registry. */
import { type Fault, block, nested, remove } from "./plant";

const INGRESS = "aws_vpc_security_group_ingress_rule";

export const hostFaults: readonly Fault[] = [
  {
    name: "ssh-from-anywhere",
    reportedBy: { checkov: "CKV_AWS_24", "checkov-plan": "CKV_AWS_24" },
    plant: (stack) => {
      const rule = block(stack, INGRESS, ({ cidr_ipv4: cidr }) => cidr !== undefined);
      Object.assign(rule, { from_port: 22, to_port: 22, cidr_ipv4: "0.0.0.0/0" });
    },
  },
  {
    name: "database-from-anywhere",
    reportedBy: { kics: "381c3f2a-ef6f-4eff-99f7-b169cda3422c" },
    plant: (stack) => {
      const rule = block(stack, INGRESS, ({ cidr_ipv4: cidr }) => cidr !== undefined);
      Object.assign(rule, { from_port: 5432, to_port: 5432, cidr_ipv4: "0.0.0.0/0" });
    },
  },
  {
    name: "cidr-out-of-range",
    reportedBy: { "cfn-lint": "E3002" },
    plant: (stack) => {
      block(stack, "aws_subnet").cidr_block = "10.0.300.0/24";
    },
  },
  {
    name: "unknown-instance-type",
    reportedBy: { "cfn-lint": "E3628" },
    plant: (stack) => {
      block(stack, "aws_instance").instance_type = "t3.huge";
    },
  },
  {
    name: "instance-metadata-v1",
    reportedBy: { checkov: "CKV_AWS_79", "checkov-plan": "CKV_AWS_79" },
    plant: (stack) => {
      nested(block(stack, "aws_instance"), "metadata_options").http_tokens = "optional";
    },
  },
  {
    name: "root-disk-in-the-clear",
    reportedBy: { checkov: "CKV_AWS_8", kics: "1f624961-9a18-4387-91c8-3856e1974b6f" },
    plant: (stack) => {
      nested(block(stack, "aws_instance"), "root_block_device").encrypted = false;
    },
  },
  {
    name: "access-key-in-user-data",
    reportedBy: { checkov: "CKV_AWS_46" },
    plant: (stack) => {
      // Composed here, so that no secret scanner takes this file for a leak; it is the example key of AWS's manuals.
      const key = ["AKIA", "IOSFODNN7EXAMPLE"].join("");
      block(stack, "aws_instance").user_data = `export AWS_ACCESS_KEY_ID=${key}\n`;
    },
  },
  {
    name: "data-disk-in-the-clear",
    reportedBy: { checkov: "CKV_AWS_3", kics: "cc997676-481b-4e93-aa81-d19f8c5e9b12" },
    plant: (stack) => {
      block(stack, "aws_ebs_volume").encrypted = false;
    },
  },
  {
    name: "unknown-volume-type",
    reportedBy: { "cfn-lint": "E3030" },
    plant: (stack) => {
      block(stack, "aws_ebs_volume").type = "gp9";
    },
  },
  {
    name: "default-group-left-open",
    reportedBy: { checkov: "CKV2_AWS_12" },
    plant: (stack) => remove(stack, "aws_default_security_group"),
  },
  {
    name: "images-not-scanned",
    reportedBy: { checkov: "CKV_AWS_163" },
    plant: (stack) => {
      nested(block(stack, "aws_ecr_repository"), "image_scanning_configuration").scan_on_push = false;
    },
  },
  {
    name: "repository-name-in-capitals",
    reportedBy: { "cfn-lint": "E3031" },
    plant: (stack) => {
      block(stack, "aws_ecr_repository").name = "App/API";
    },
  },
  {
    name: "logs-kept-for-ever",
    reportedBy: { checkov: "CKV_AWS_66" },
    plant: (stack) => {
      delete block(stack, "aws_cloudwatch_log_group").retention_in_days;
    },
  },
  {
    name: "impossible-log-retention",
    reportedBy: { "cfn-lint": "E3030" },
    plant: (stack) => {
      block(stack, "aws_cloudwatch_log_group").retention_in_days = 8;
    },
  },
  {
    name: "impossible-alarm-period",
    reportedBy: { "cfn-lint": "E3615" },
    plant: (stack) => {
      block(stack, "aws_cloudwatch_metric_alarm").period = 45;
    },
  },
];
