import { afterAll, describe, expect, test } from "vitest";
import { CLOUDFLARE_RANGES } from "../../modules/security/cloudflare-ranges";
import type { AppInput } from "../../modules/spec";
import { architectureOf, KNOWN_INSTANCE_TYPES } from "../../modules/spec/instance-types";
import { MvpStack } from "../../stacks/mvp-stack";
import { PlainTerraform, type VariableValue } from "../helpers/plain-terraform";
import { definitionOf, synthStack } from "./support";

const synthMvp = (changes: Partial<AppInput> = {}) => synthStack((scope) => new MvpStack(scope, definitionOf(changes)));
const variablesOf = (json: string) =>
  (JSON.parse(json) as { variable: Record<string, { type: string; description: string; default: unknown }> }).variable;

const ORIGIN = { ingress: { origin: "cloudflare" } } as const;
const full = synthMvp({
  services: {
    api: {
      image: { reference: "ghcr.io/shop/api:1.0.0" },
      port: 8080,
      hostPort: 18080,
      route: { hosts: ["api.shop.example"] },
    },
  },
  ingress: { ...ORIGIN.ingress, directCidrs: ["203.0.113.0/24"] },
  dns: { domain: "shop.example", hostedZoneId: "Z0123456789ABCDEFGHIJ" },
  host: { dataGiB: 50, sshCidrs: ["198.51.100.7/32"], keyName: "shop" },
  observability: { emails: ["ops@shop.example"] },
});
const small = synthMvp();

describe("what is declared", () => {
  test("by an app that says little: what every host has, closed by default", () => {
    expect(
      Object.fromEntries(Object.entries(variablesOf(small)).map(([name, { default: value }]) => [name, value])),
    ).toEqual({
      alert_emails: [],
      data_volume_gib: 30,
      hosted_zone_id: "",
      instance_type: "t3.medium",
      peer_cidr: "",
      peer_route_table_ids: [],
      peer_vpc_id: "",
      ssh_cidrs: [],
    });
  });

  test("by an app that says more: its values as defaults", () => {
    const declared = variablesOf(full);
    expect(
      Object.fromEntries(Object.entries(declared).map(([name, { default: value }]) => [name, value])),
    ).toMatchObject({
      alert_emails: ["ops@shop.example"],
      data_volume_gib: 50,
      direct_cidrs: ["203.0.113.0/24"],
      domain: "shop.example",
      hosted_zone_id: "Z0123456789ABCDEFGHIJ",
      origin_cidrs: [...CLOUDFLARE_RANGES],
      ssh_cidrs: ["198.51.100.7/32"],
    });
  });

  test("each with a type and a description that ends like a sentence", () => {
    for (const { type, description } of Object.values(variablesOf(full))) {
      expect(type).toMatch(/^(string|number|list\(string\))$/);
      expect(description).toMatch(/^[A-Z].{10,}\.$/);
    }
  });

  test("and none that could be null or that nobody checks", () => {
    for (const variable of Object.values(variablesOf(full))) {
      expect(variable).toMatchObject({ nullable: false });
      expect(variable).toHaveProperty("validation");
    }
  });
});

describe("Terraform checks them", () => {
  const terraform = new PlainTerraform("mvp-variables", { variable: variablesOf(full) });
  const graviton = new PlainTerraform("mvp-variables-arm", {
    variable: { instance_type: variablesOf(synthMvp({ host: { instanceType: "t4g.medium" } })).instance_type },
  });
  afterAll(() => {
    terraform.remove();
    graviton.remove();
  });

  test("the defaults pass", () => {
    expect(terraform.refusals()).toEqual([]);
    expect(graviton.refusals()).toEqual([]);
  });

  test.each<[what: string, values: Record<string, VariableValue>]>([
    [
      "other values",
      {
        instance_type: "m7i.large",
        data_volume_gib: 16384,
        alert_emails: ["a@b.co", "first.last+tag@mail.example.org"],
        ssh_cidrs: ["203.0.113.7/32"],
        direct_cidrs: ["10.0.0.0/8"],
        origin_cidrs: ["173.245.48.0/20"],
        domain: "a.b-c.example.com",
        hosted_zone_id: "Z12345",
      },
    ],
    ["nothing where nothing is allowed", { alert_emails: [], ssh_cidrs: [], direct_cidrs: [], hosted_zone_id: "" }],
  ])("%s pass", (_what, values) => {
    expect(terraform.refusals(values)).toEqual([]);
  });

  const SIZE = "data_volume_gib must be a whole number from 50 to 16384: a volume cannot shrink.";
  const X86 = "The image of this host is built for x86_64: choose an instance type of that architecture.";
  const MAIL = "Every entry of alert_emails must be a mail address.";
  const DOMAIN = "domain must be a DNS name in lower case, such as example.com.";
  const clients = (name: string) =>
    `Every entry of ${name} must be an IPv4 range such as 203.0.113.7/32, with a prefix of /8 or longer: name the addresses that need access.`;

  const XEN =
    "On this older instance type the host would not find its data volume: take a t3, t3a, m7i, c7i or r6i type.";
  const MEMORY = "The containers of this app need 1920 MiB of memory: choose a larger instance type.";

  test.each<[name: string, value: VariableValue, message: string]>([
    ["instance_type", "banana", "instance_type must be an EC2 instance type such as t3.medium."],
    ["instance_type", "m5.metal", "instance_type must be an EC2 instance type such as t3.medium."],
    ["instance_type", "t2.medium", XEN],
    ["instance_type", "r4.large", XEN],
    ["instance_type", "t3.micro", MEMORY],
    ["instance_type", "t4g.medium", X86],
    ["instance_type", "a1.large", X86],
    ["instance_type", "c7gn.large", X86],
    ["data_volume_gib", 49, SIZE],
    ["data_volume_gib", 16385, SIZE],
    ["data_volume_gib", 50.5, SIZE],
    ["alert_emails", ["ops@shop.example", "ops"], MAIL],
    ["alert_emails", ["two words@shop.example"], MAIL],
    ["alert_emails", ["ops@localhost"], MAIL],
    ["ssh_cidrs", ["0.0.0.0/0"], clients("ssh_cidrs")],
    ["direct_cidrs", ["0.0.0.0/0"], clients("direct_cidrs")],
    [
      "origin_cidrs",
      ["cloudflare"],
      "origin_cidrs must hold at least one entry, each an IPv4 range such as 173.245.48.0/20.",
    ],
    ["domain", "Shop.Example", DOMAIN],
    ["domain", "https://shop.example", DOMAIN],
    ["domain", "localhost", DOMAIN],
    ["domain", "", DOMAIN],
    [
      "hosted_zone_id",
      "shop.example",
      "hosted_zone_id must be empty or a hosted zone id such as Z0123456789ABCDEFGHIJ.",
    ],
  ])("refuses %s = %j and says what is allowed", (name, value, message) => {
    expect(terraform.refusals({ [name]: value })).toEqual([message]);
  });

  test("a Graviton host refuses the other architecture", () => {
    expect(graviton.refusals({ instance_type: "m7g.large" })).toEqual([]);
    expect(graviton.refusals({ instance_type: "t3.medium" })).toEqual([
      "The image of this host is built for arm64: choose an instance type of that architecture.",
    ]);
  });
});

test("Terraform and the specification tell the architectures of all known types alike", () => {
  const { instance_type } = variablesOf(small) as { instance_type?: { validation?: { condition: string }[] } };
  const isX86 = instance_type?.validation?.[1]?.condition.slice(2, -1).replaceAll("var.instance_type", "type") ?? "";
  const types = [
    ...KNOWN_INSTANCE_TYPES,
    "c7gn.large",
    "im4gn.large",
    "x2gd.medium",
    "g4dn.xlarge",
    "g5g.xlarge",
    "u-6tb1.metal",
  ];
  const terraform = new PlainTerraform("architectures", {
    locals: { types },
    output: { x86: { value: `\${[for type in local.types : type if ${isX86}]}` } },
  });
  expect(terraform.outputs().x86).toEqual(types.filter((type) => architectureOf(type) === "x86_64"));
  terraform.remove();
});
