import { z } from "zod";
import {
  absolutePath,
  awsId,
  byName,
  cidr,
  clientCidr,
  flag,
  guided,
  hostName,
  kebab,
  list,
  mailAddress,
  oneOf,
  safety,
  text,
  wholeNumber,
} from "../fields";

/** The network around the app. */
export const network = z.strictObject({
  /** Range of the VPC. @default - "10.0.0.0/16" on tier mvp; every tier has a range of its own */
  cidr: cidr().optional(),
  /**
   * Public subnets, one per zone in the order of `zones`.
   * @default - computed: from the middle of `cidr` on, each a 64th of it (/22s of a /16), at least /28
   */
  publicSubnets: list(cidr(), "IPv4 ranges", 1, 4).optional(),
  /** Private subnets of tier growth, one per zone. @default - computed: from the start of `cidr` on, each an 8th of it */
  privateSubnets: list(cidr(), "IPv4 ranges", 2, 4).optional(),
  /** Subnets of tier growth for database and cache, one per zone. @default - computed: behind the public ones, each a 256th */
  databaseSubnets: list(cidr(), "IPv4 ranges", 2, 4).optional(),
  /** Availability zone letters. @default - ["a"] on tier mvp, ["a", "b"] on tier growth */
  zones: list(
    text(/^[a-f]$/, `a zone letter from "a" to "f"`, "use the last letter of the zone's name"),
    "zone letters",
    1,
    4,
  ).optional(),
  /**
   * How tasks of tier growth reach the internet: with addresses of their own in public subnets, through one NAT instance, one
   * NAT gateway, one per zone, or one for the whole region, or not at all but for endpoints of the AWS services that they
   * need.
   * @default "nat-single"
   */
  egress: oneOf(["public-tasks", "nat-instance", "nat-single", "nat-per-az", "nat-regional", "endpoints-only"]).default(
    "nat-single",
  ),
  /** Use a network that exists instead of making one. @default - make one */
  existing: z
    .strictObject({
      /** The VPC. */
      vpcId: awsId("vpc", "a VPC id"),
      /** Its public subnet for the host. */
      subnetId: awsId("subnet", "a subnet id"),
      /** Its route table, for peering routes. @default - none: peering needs it */
      routeTableId: awsId("rtb", "a route table id").optional(),
    })
    .optional(),
  /** Days that VPC flow logs are kept; 0 writes none. @default 0 */
  flowLogDays: guided(
    z.union([
      z.literal(0),
      z.literal(1),
      z.literal(3),
      z.literal(5),
      z.literal(7),
      z.literal(14),
      z.literal(30),
      z.literal(60),
      z.literal(90),
      z.literal(365),
    ]),
    "0 | 1 | 3 | 5 | 7 | 14 | 30 | 60 | 90 | 365 (days)",
    "choose a retention that CloudWatch Logs knows, or 0 for none",
  ).default(0),
});

/** How the public reaches the app. */
export const ingress = z.strictObject({
  /** Proxy in front of the services on tier mvp; tier growth has a load balancer. @default "caddy" */
  proxy: oneOf(["caddy", "nginx", "none"]).default("caddy"),
  /** Whether the app is reached by HTTPS: on tier mvp with a certificate of Let's Encrypt, on tier growth of ACM. @default true */
  tls: safety().default(true),
  /** Mail address that Let's Encrypt writes to. @default - none */
  acmeEmail: mailAddress().optional(),
  /** Who may reach ports 80 and 443: the "world", or only "cloudflare" (its published ranges, a variable). @default "world" */
  origin: oneOf(["world", "cloudflare"]).default("world"),
  /** Ranges that may reach the `hostPort`s of services on tier mvp. @default [] */
  directCidrs: list(clientCidr(), "IPv4 ranges").default([]),
});

/** Public names. */
export const dns = z.strictObject({
  /** The app's domain; route hosts lie in it. @default - none */
  domain: hostName().optional(),
  /** Route 53 hosted zone that gets the records. @default - none: the records to create are an output */
  hostedZoneId: text(
    /^Z[0-9A-Z]{5,31}$/,
    `a hosted zone id such as "Z0123456789ABCDEFGHIJ"`,
    "copy it from Route 53",
  ).optional(),
});

/** The one EC2 instance of the mvp tier. */
export const host = z.strictObject({
  /** EC2 instance type; x86_64 or arm64 follows from it. @default "t3.medium" */
  instanceType: text(
    /^[a-z][a-z0-9-]*\.(nano|micro|small|medium|large|\d*xlarge)$/,
    `an EC2 instance type such as "t3.medium"`,
    "take it from the EC2 price list",
  ).default("t3.medium"),
  /** Operating system. @default "ubuntu-24.04" */
  os: oneOf(["ubuntu-24.04", "amazon-linux-2023"]).default("ubuntu-24.04"),
  /** Whether the instance is a Spot instance (persistent request, stopped when interrupted). @default false */
  spot: flag().default(false),
  /** CPU credit mode of burstable types. @default "unlimited" for on-demand, "standard" for Spot */
  cpuCredits: oneOf(["standard", "unlimited"]).optional(),
  /** Size of the root disk in GiB. @default 20 */
  rootGiB: wholeNumber(8, 16384, "GiB").default(20),
  /** Size of the data volume in GiB. @default 30 */
  dataGiB: wholeNumber(1, 16384, "GiB").default(30),
  /** Daily EBS snapshots of the data volume to keep; 0 makes none. @default 0 */
  snapshotsKept: wholeNumber(0, 365, "snapshots").default(0),
  /** Folder of the app on the host. @default - "/opt/<name>" */
  appDir: absolutePath().optional(),
  /** Existing EC2 key pair, for SSH. @default - none: SSM sessions only */
  keyName: text(/^[\x21-\x7e]{1,255}$/, "the name of an EC2 key pair", "copy it from the EC2 console").optional(),
  /** Ranges that may reach port 22. @default [] */
  sshCidrs: list(clientCidr(), "IPv4 ranges").default([]),
});

const LOG_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731] as const;

/** Logs, alarms, dashboard. */
export const observability = z.strictObject({
  /** Days that logs are kept. @default 30 */
  logDays: guided(
    z.int().refine((days) => (LOG_DAYS as readonly number[]).includes(days)),
    `${LOG_DAYS.join(" | ")} (days)`,
    "choose a retention that CloudWatch Logs knows",
  ).default(30),
  /** Where container logs go. @default "cloudwatch" */
  logs: oneOf(["cloudwatch", "local"]).default("cloudwatch"),
  /** Whether alarms exist. @default true */
  alarms: safety().default(true),
  /** Mail addresses that alarms go to. @default [] */
  emails: list(mailAddress(), "mail addresses").default([]),
  /** Whether a CloudWatch dashboard exists. @default true */
  dashboard: flag().default(true),
  /** US dollars a month from which mails warn, at 80 % and at all of it; on tier growth. @default - no budget */
  budgetUsd: wholeNumber(1, 1_000_000, "US dollars a month").optional(),
});

/** The name of an existing resource, whatever its type; AWS checks the rest. */
const literalName = () =>
  text(
    /^[\x21-\x7e]{1,255}$/,
    "1 to 255 printable characters without spaces",
    "copy the name of the existing resource",
  );

const logicalId = () =>
  text(/^[A-Za-z][A-Za-z0-9_-]{0,127}$/, "the logical id of a resource", "copy it from the stack's Terraform file");

const outputName = () =>
  text(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, "a Terraform output name", "use up to 64 letters, digits, _ and -");

const outputTarget = () =>
  text(
    /^[A-Za-z][A-Za-z0-9_-]{0,63}(\.[a-z](-?[a-z0-9])*)?$/,
    `a Terraform output name, with ".<entry>" for one entry of an output by name`,
    `write it as "public_ip" or "repository_urls.<service>"`,
  );

/** One tier of the app as a stack. */
export const stackEntry = z.strictObject({
  /** Id of the stack: folder, state file, `cdktf deploy <id>`. @default - "<name>-<tier>" */
  id: kebab(2, 40).optional(),
  /**
   * Literal physical names of an existing system, by logical id of the resource. Other environments do not inherit them.
   * @default {}
   */
  names: byName(logicalId(), literalName(), "literal names", "logical id").default({}),
  /** Further names for outputs: alias to output, or to "<output>.<entry>" of an output by name. @default {} */
  outputAliases: byName(outputName(), outputTarget(), "outputs", "alias").default({}),
  /**
   * What the app says differently on this tier, section by section: objects merge, lists and plain values replace. Values
   * that only one tier reads need no override: `host` is of tier mvp, `rds` of tier growth.
   * @default - nothing
   */
  overrides: guided(z.looseObject({}), "an object with what differs on this tier", "write it in braces").optional(),
});
