/** Mistakes to plant in the sample stack, and what Terraform must say about each. */
import { type Config, set } from "./sample";

/** A mistake in the sample stack, the command that must find it, and what it must say. */
export interface Planted {
  name: string;
  change: (config: Config) => void;
  stage: "init" | "validate" | "plan";
  says: RegExp;
}

export const PLANTED: Planted[] = [
  {
    name: "a reference to a resource that is not there",
    change: (c) => set(c, "resource.aws_subnet.a.vpc_id", "${aws_vpc.nope.id}"),
    stage: "validate",
    says: /Reference to undeclared resource.*A managed resource "aws_vpc" "nope" has not been declared in the root module/,
  },
  {
    name: "a reference to an attribute that is not there",
    change: (c) => set(c, "output.replica_region.value", "${aws_instance.vm.publicip}"),
    stage: "validate",
    says: /Unsupported attribute.*no argument, nested block, or exported attribute named "publicip"\. Did you mean "public_ip"\?/,
  },
  {
    name: "the same inside a block",
    change: (c) => set(c, "output.volume.value", "${aws_instance.vm.root_block_device[0].volume_identifier}"),
    stage: "validate",
    says: /exported attribute named "volume_identifier"/,
  },
  {
    name: "a wrong argument",
    change: (c) => set(c, "resource.aws_vpc.main.cidr", "10.0.0.0/16"),
    stage: "validate",
    says: /Extraneous JSON object property.*No argument or block type is named "cidr"\. Did you mean "id"\?/,
  },
  {
    name: "a wrong argument in a block",
    change: (c) => set(c, "resource.aws_instance.vm.root_block_device", { size: 20 }),
    stage: "validate",
    says: /Extraneous JSON object property.*No argument or block type is named "size"/,
  },
  {
    name: "text where a number belongs",
    change: (c) => set(c, "resource.aws_vpc_security_group_ingress_rule.https.from_port", "https"),
    stage: "validate",
    says: /Incorrect attribute value type.*Inappropriate value for attribute "from_port": a number is required/,
  },
  {
    name: "an object where a set belongs",
    change: (c) => set(c, "resource.aws_instance.vm.vpc_security_group_ids", { a: "b" }),
    stage: "validate",
    says: /Inappropriate value for attribute "vpc_security_group_ids": set of string required/,
  },
  {
    name: "text where a bool belongs",
    change: (c) => set(c, "resource.aws_vpc.main.enable_dns_hostnames", "yes"),
    stage: "validate",
    says: /Inappropriate value for attribute "enable_dns_hostnames": a bool is required/,
  },
  {
    name: "a missing argument",
    change: (c) => set(c, "resource.aws_iam_role.web.assume_role_policy", undefined),
    stage: "validate",
    says: /Missing required argument.*The argument "assume_role_policy" is required/,
  },
  {
    name: "a missing block",
    change: (c) => set(c, "resource.aws_s3_bucket_versioning.data.versioning_configuration", undefined),
    stage: "validate",
    says: /Insufficient versioning_configuration blocks.*At least 1 "versioning_configuration" blocks are required/,
  },
  {
    name: "a block too many",
    change: (c) => {
      const both = [{ status: "Enabled" }, { status: "Suspended" }];
      set(c, "resource.aws_s3_bucket_versioning.data.versioning_configuration", both);
    },
    stage: "validate",
    says: /Too many versioning_configuration blocks.*No more than 1 "versioning_configuration" blocks are allowed/,
  },
  {
    name: "an incomplete attribute in the form of a block",
    change: (c) => set(c, "resource.aws_route_table.main.route.0.nat_gateway_id", undefined),
    stage: "validate",
    says: /Incorrect attribute value type.*attribute "nat_gateway_id" is required/,
  },
  {
    name: "a value for what only AWS sets",
    change: (c) => set(c, "resource.aws_vpc.main.arn", "arn:aws:ec2:::vpc/x"),
    stage: "validate",
    says: /Value for unconfigurable attribute.*with aws_vpc\.main.*Can't configure a value for "arn"/,
  },
  {
    name: "the same inside a block",
    change: (c) => set(c, "resource.aws_instance.vm.root_block_device.0.volume_id", "vol-1"),
    stage: "validate",
    says: /Can't configure a value for "root_block_device\.0\.volume_id"/,
  },
  {
    name: "a cycle",
    change: (c) => set(c, "resource.aws_vpc.main.tags", { Name: "${aws_subnet.a.id}" }),
    stage: "validate",
    says: /Error: Cycle: aws_(subnet\.a, aws_vpc\.main|vpc\.main, aws_subnet\.a)/,
  },
  {
    name: "a resource type that is not there",
    change: (c) => set(c, "resource.aws_vpcc", { x: {} }),
    stage: "validate",
    says: /Invalid resource type.*does not support resource type "aws_vpcc"\. Did you mean "aws_vpc"\?/,
  },
  {
    name: "a data source type that is not there",
    change: (c) => set(c, "data.aws_route_tabel", { x: {} }),
    stage: "validate",
    says: /Invalid data source.*does not support data source "aws_route_tabel"/,
  },
  {
    name: "a provider alias that is not there",
    change: (c) => set(c, "resource.aws_s3_bucket.replica.provider", "aws.usw9"),
    stage: "validate",
    says: /Provider configuration not present/,
  },
  {
    name: "depends_on of nothing",
    change: (c) => set(c, "resource.aws_internet_gateway.main.depends_on", ["aws_vpc.nope"]),
    stage: "validate",
    says: /Reference to undeclared resource.*"aws_vpc" "nope"/,
  },
  {
    name: "ignore_changes of nothing",
    change: (c) => set(c, "resource.aws_instance.vm.lifecycle", { ignore_changes: ["tagz"] }),
    stage: "validate",
    says: /Unsupported attribute.*"tagz"/,
  },
  {
    name: "a function that is not there",
    change: (c) => set(c, "output.volume.value", '${cidrsubnett("10.0.0.0/8", 1, 1)}'),
    stage: "validate",
    says: /Call to unknown function.*"cidrsubnett"/,
  },
  {
    name: "a subnet that does not fit",
    change: (c) => set(c, "resource.aws_subnet.a.cidr_block", '${cidrsubnet("10.0.0.0/16", 20, 1)}'),
    stage: "validate",
    says: /insufficient address space to extend prefix of 16 by 20/,
  },
  {
    name: "a CDKTF token that was never resolved",
    change: (c) => set(c, "resource.aws_vpc.main.tags", { Name: '${TfToken[TOKEN.30] == "x"}' }),
    stage: "validate",
    says: /Invalid reference/,
  },
  {
    name: "an ephemeral value in an argument that is kept",
    change: (c) => {
      c.ephemeral = { random_password: { x: { length: 8 } } };
      set(c, "resource.aws_vpc.main.tags", { Name: "${ephemeral.random_password.x.result}" });
    },
    stage: "validate",
    says: /Invalid use of ephemeral value.*Ephemeral values are not valid for "tags"/,
  },
  {
    name: "replace_triggered_by nothing",
    change: (c) => set(c, "resource.aws_instance.vm.lifecycle", { replace_triggered_by: ["aws_key_pair.nope"] }),
    stage: "plan",
    says: /Reference to undeclared resource.*A resource aws_key_pair\.nope has not been declared in the root module/,
  },
  {
    name: "a precondition that fails",
    change: (c) => {
      const condition = '${data.aws_caller_identity.me.account_id == "000000000000"}';
      set(c, "resource.aws_vpc.main.lifecycle", { precondition: [{ condition, error_message: "Wrong account." }] });
    },
    stage: "plan",
    says: /Resource precondition failed.*Wrong account\./,
  },
  {
    name: "for_each over what is not known",
    change: (c) => set(c, "resource.aws_iam_role.web.for_each", "${toset([random_password.db.id])}"),
    stage: "plan",
    says: /Invalid for_each argument/,
  },
  {
    name: "a data source without an answer",
    change: (c) => set(c, "data.aws_elb_service_account", { x: {} }),
    stage: "plan",
    says: /No simulated answer for this data source.*aws_elb_service_account/,
  },
  {
    name: "a misspelt value",
    change: (c) => set(c, "resource.aws_s3_bucket_versioning.data.versioning_configuration.status", "Enable"),
    stage: "validate",
    says: /expected versioning_configuration\.0\.status to be one of \["Enabled" "Suspended" "Disabled"\], got Enable with aws_s3_bucket_versioning\.data/,
  },
  {
    name: "two arguments that exclude each other",
    change: (c) => set(c, "resource.aws_security_group.web.name", "web"),
    stage: "validate",
    says: /Conflicting configuration arguments with aws_security_group\.web.*"name": conflicts with name_prefix/,
  },
  {
    name: "a number out of its range",
    change: (c) => set(c, "resource.aws_iam_role.web.max_session_duration", 60),
    stage: "validate",
    says: /expected max_session_duration to be in the range \(3600 - 43200\), got 60 with aws_iam_role\.web/,
  },
  {
    name: "a backend that is not there",
    change: (c) => set(c, "terraform.backend", { lokal: {} }),
    stage: "init",
    says: /Unsupported backend type/,
  },
];
