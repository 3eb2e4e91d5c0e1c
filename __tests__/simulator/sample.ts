/** The small stack that the tests of the simulator work on, and how they change it. */

/** A configuration in Terraform's JSON syntax. */
export type Config = Record<string, unknown>;

/** Sets, or with `undefined` removes, what a dotted path names; list positions are numbers. */
export function set(config: Config, dotted: string, value: unknown): void {
  const steps = dotted.split(".");
  const last = steps.pop() ?? "";
  let holder = config;
  for (const step of steps) holder = (holder[step] ??= {}) as Config;
  if (value === undefined) delete holder[last];
  else holder[last] = value;
}

/** A policy that lets instances take a role. */
export const ASSUME_ROLE = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } }],
};

/** A small stack in two regions, one of every pattern that matters to the engine. */
export function sampleConfig(): Config {
  return {
    terraform: {
      required_providers: { aws: { source: "aws", version: "6.25.0" }, random: { source: "hashicorp/random" } },
      backend: { local: { path: "terraform.tfstate" } },
    },
    provider: {
      aws: [
        { region: "eu-central-1", default_tags: { tags: { app: "sample" } } },
        { region: "us-west-2", alias: "west" },
      ],
      random: [{}],
    },
    data: { aws_caller_identity: { me: {} } },
    resource: {
      aws_vpc: { main: { cidr_block: "10.0.0.0/16", tags: { Name: "main" } } },
      aws_subnet: {
        a: { vpc_id: "${aws_vpc.main.id}", cidr_block: "10.0.0.0/24", availability_zone: "eu-central-1a" },
        b: { vpc_id: "${aws_vpc.main.id}", cidr_block: "10.0.1.0/24", availability_zone: "eu-central-1b" },
      },
      aws_internet_gateway: { main: { vpc_id: "${aws_vpc.main.id}" } },
      aws_route_table: { main: { vpc_id: "${aws_vpc.main.id}", route: [route("${aws_internet_gateway.main.id}")] } },
      aws_security_group: { web: { name_prefix: "web-", vpc_id: "${aws_vpc.main.id}" } },
      aws_vpc_security_group_ingress_rule: {
        https: {
          security_group_id: "${aws_security_group.web.id}",
          cidr_ipv4: "0.0.0.0/0",
          ip_protocol: "tcp",
          from_port: 443,
          to_port: 443,
        },
      },
      aws_iam_role: { web: { name: "web", assume_role_policy: JSON.stringify(ASSUME_ROLE) } },
      aws_instance: {
        vm: {
          ami: "ami-0123456789abcdef0",
          instance_type: "t3.micro",
          subnet_id: "${aws_subnet.a.id}",
          vpc_security_group_ids: ["${aws_security_group.web.id}"],
          root_block_device: [{ volume_size: 20, encrypted: true }],
        },
      },
      aws_s3_bucket: {
        data: { bucket: "sample-${data.aws_caller_identity.me.account_id}" },
        replica: { bucket: "sample-replica", provider: "aws.west" },
      },
      aws_s3_bucket_versioning: {
        data: { bucket: "${aws_s3_bucket.data.id}", versioning_configuration: { status: "Enabled" } },
      },
      random_password: { db: { length: 24 } },
    },
    output: {
      replica_region: { value: "${aws_s3_bucket.replica.region}" },
      volume: { value: "${aws_instance.vm.root_block_device[0].volume_id}" },
    },
  };
}

/** Attributes in the form of a block need all their fields. */
function route(gateway: string): Record<string, string | null> {
  const fields = [
    "carrier_gateway_id",
    "cidr_block",
    "core_network_arn",
    "destination_prefix_list_id",
    "egress_only_gateway_id",
    "gateway_id",
    "ipv6_cidr_block",
    "local_gateway_id",
    "nat_gateway_id",
    "network_interface_id",
    "transit_gateway_id",
    "vpc_endpoint_id",
    "vpc_peering_connection_id",
  ];
  return { ...Object.fromEntries(fields.map((name) => [name, null])), cidr_block: "0.0.0.0/0", gateway_id: gateway };
}
