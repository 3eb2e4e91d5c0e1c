import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { UserError } from "../../../scripts/lib/errors";
import type { Obj } from "../../../scripts/simulator/contract";
import { knowledge } from "../../../scripts/simulator/facts";
import { readFacts } from "../../../scripts/simulator/facts/load";
import { BUILT_IN } from "../../../scripts/simulator/hooks/data-sources";
import {
  Account,
  bindingsHave,
  created,
  creation,
  CTX,
  dataSchemaOf,
  KNOWN,
  object,
  REGION,
  schemaOf,
  the,
} from "../facts/account";

const ask = (type: string, config: Obj = {}, account = new Account()) => KNOWN.dataSource(type, config, CTX, account);

describe("built-in answers", () => {
  test("are for data sources and attributes that exist", () => {
    expect(Object.keys(BUILT_IN).filter((type) => !dataSchemaOf(type))).toEqual([]);
    const stored = new Account();
    created("aws_secretsmanager_secret_version", { secret_id: "s", secret_string: "x" }, stored, { version_id: "v" });
    const asked: [string, Obj, Account?][] = [
      ["aws_caller_identity", {}],
      ["aws_region", {}],
      ["aws_partition", {}],
      ["aws_availability_zones", {}],
      ["aws_ssm_parameter", { name: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64" }],
      ["aws_secretsmanager_secret_version", { secret_id: "s" }, stored],
      ["aws_ec2_managed_prefix_list", { name: `com.amazonaws.${REGION}.s3` }],
      ["aws_iam_policy_document", { statement: [] }],
    ];
    for (const [type, config, account] of asked) {
      const names = the(dataSchemaOf(type)).block.attributes.map(({ name }) => name);
      const strange = Object.keys(ask(type, config, account)).filter((name) => !names.includes(name));
      expect({ type, strange }).toEqual({ type, strange: [] });
    }
    expect(asked.map(([type]) => type).sort()).toEqual(Object.keys(BUILT_IN).sort());
  });

  test("zones leave out what is excluded, and do not answer filters", () => {
    expect(ask("aws_availability_zones", { exclude_names: [`${REGION}b`] })).toMatchObject({
      names: [`${REGION}a`, `${REGION}c`],
    });
    expect(ask("aws_availability_zones", { filter: [{ name: "opt-in-status" }] })).toHaveProperty("missing");
  });

  test("public images differ by system, architecture and region", () => {
    const ubuntu = "/aws/service/canonical/ubuntu/server/24.04/stable/current";
    const names = [
      ...["amd64", "arm64"].map((arch) => `${ubuntu}/${arch}/hvm/ebs-gp3/ami-id`),
      ...["x86_64", "arm64"].map((arch) => `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${arch}`),
    ];
    const images = [CTX, { ...CTX, region: "us-east-1" }].flatMap((ctx) =>
      names.map((name) => (KNOWN.dataSource("aws_ssm_parameter", { name }, ctx, new Account()) as Obj).insecure_value),
    );
    expect(new Set(images).size).toBe(8);
    for (const image of images) expect(image).toMatch(/^ami-[0-9a-f]{17}$/);
    expect(ask("aws_ssm_parameter", { name: `${ubuntu}/riscv/hvm/ebs-gp3/ami-id` })).toHaveProperty("missing");
  });

  test("a policy document is built as the provider does", () => {
    const document = ask("aws_iam_policy_document", {
      statement: [
        {
          sid: "Read",
          actions: ["s3:GetObject", "s3:ListBucket"],
          resources: ["arn:aws:s3:::b/&{aws:username}"],
          principals: [{ type: "AWS", identifiers: ["*"] }],
          condition: [{ test: "Bool", variable: "aws:SecureTransport", values: ["true"] }],
        },
      ],
      override_policy_documents: [
        JSON.stringify({ Statement: [{ Sid: "Own", Effect: "Deny", Action: "*", Resource: "*" }] }),
      ],
    }) as Obj;
    expect(JSON.parse(String(document.json))).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Read",
          Effect: "Allow",
          Action: ["s3:ListBucket", "s3:GetObject"],
          Resource: "arn:aws:s3:::b/${aws:username}",
          Principal: { AWS: "*" },
          Condition: { Bool: { "aws:SecureTransport": "true" } },
        },
        { Sid: "Own", Effect: "Deny", Action: "*", Resource: "*" },
      ],
    });
  });
});

describe("the simulated account answers", () => {
  test("by id, in its region, and only when everything asked for fits", () => {
    const account = new Account(
      object("aws_vpc", "vpc-1", { cidr_block: "10.0.0.0/16" }),
      object("aws_vpc", "vpc-2", {}, "us-east-1"),
    );
    expect(ask("aws_vpc", { id: "vpc-1" }, account)).toMatchObject({ cidr_block: "10.0.0.0/16" });
    expect(ask("aws_vpc", { id: "vpc-2" }, account)).toHaveProperty("missing");
    expect(ask("aws_vpc", { id: "vpc-1", cidr_block: "10.1.0.0/16" }, account)).toHaveProperty("missing");
    expect(ask("aws_vpc", {}, account)).toHaveProperty("missing");
  });

  test("names of zones may end in a dot; two zones of a name are no answer", () => {
    const zone = (id: string) => object("aws_route53_zone", id, { zone_id: id, name: "example.com" }, "global");
    expect(ask("aws_route53_zone", { name: "example.com." }, new Account(zone("Z1")))).toMatchObject({ zone_id: "Z1" });
    expect(ask("aws_route53_zone", { name: "example.com" }, new Account(zone("Z1"), zone("Z2")))).toHaveProperty(
      "missing",
    );
  });

  test("its own parameters, secrets without an insecure value", () => {
    const parameter = (type: string, more: Obj) =>
      object("aws_ssm_parameter", "/a", { name: "/a", type, version: 2, ...more });
    expect(
      ask("aws_ssm_parameter", { name: "/a" }, new Account(parameter("String", { insecure_value: "x" }))),
    ).toMatchObject({
      value: "x",
      insecure_value: "x",
      version: 2,
    });
    expect(
      ask("aws_ssm_parameter", { name: "/a" }, new Account(parameter("SecureString", { value: "s" }))),
    ).toMatchObject({
      value: "s",
      insecure_value: null,
    });
  });

  test("what nobody can answer says how to add the answer", () => {
    const { missing } = ask("aws_ami", { owners: ["amazon"], name_regex: null }) as { missing: string };
    expect(missing).toBe(
      'no answer is built in, and the simulated account holds nothing that fits {"owners":["amazon"]}. ' +
        'Give the answer in a fixtures file: {"data":[{"type":"aws_ami","match":{"owners":["amazon"]},"result":{}}]}, with the attributes in "result".',
    );
  });
});

describe("fixtures", () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fixtures-"));
  afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));
  const write = (name: string, content: string): string => {
    const file = path.join(dir, name);
    fs.writeFileSync(file, content);
    return file;
  };
  const FIXTURES = {
    data: [
      { type: "aws_ami", match: { owners: ["amazon"] }, result: { id: "ami-1" } },
      { type: "aws_region", result: { id: "mars" } },
    ],
    world: [
      { type: "aws_vpc", id: "vpc-old", region: REGION, attributes: { cidr_block: "10.9.0.0/16" } },
      { type: "aws_route53_zone", id: "Z1", region: "global", attributes: { zone_id: "Z1", name: "example.com" } },
    ],
  };
  const known = knowledge({ fixturesFile: write("good.json", JSON.stringify(FIXTURES)) });

  test("answer what they match, before anything built in", () => {
    expect(known.dataSource("aws_ami", { owners: ["amazon"], filter: [] }, CTX, new Account())).toEqual({
      id: "ami-1",
    });
    expect(known.dataSource("aws_ami", { owners: ["self"] }, CTX, new Account())).toHaveProperty("missing");
    expect(known.dataSource("aws_region", {}, CTX, new Account())).toEqual({ id: "mars" });
  });

  test("hold objects that were there before", () => {
    const account = new Account();
    expect(known.dataSource("aws_vpc", { id: "vpc-old" }, CTX, account)).toMatchObject({ cidr_block: "10.9.0.0/16" });
    const subnet = (cidr_block: string) =>
      known.checkApply(creation("aws_subnet", { vpc_id: "vpc-old", cidr_block }, account));
    expect(subnet("10.9.1.0/24")).toEqual([]);
    expect(subnet("10.8.1.0/24")[0]?.summary).toContain("InvalidSubnet.Range");
    const record = { zone_id: "Z1", name: "a.example.com", type: "A", records: ["1.2.3.4"], ttl: 60 };
    expect(known.checkApply(creation("aws_route53_record", record, account))).toEqual([]);
    expect(account.all()).toEqual([]);
  });

  test("hold snapshots and addresses that others look up by id", () => {
    const snapshot = { type: "aws_db_snapshot", id: "last", region: REGION };
    const withSnapshot = knowledge({ fixturesFile: write("snapshot.json", JSON.stringify({ world: [snapshot] })) });
    const database = object("aws_db_instance", "db-1", { final_snapshot_identifier: "last" });
    expect(withSnapshot.checkDestroy(database, CTX, new Account())[0]?.summary).toContain("DBSnapshotAlreadyExists");
    const elsewhere = { ...database, region: "us-east-1" };
    expect(withSnapshot.checkDestroy(elsewhere, CTX, new Account())).toEqual([]);
  });

  test.each([
    ["cannot be read", "{", /fixtures file .*bad\.json cannot be read/],
    ["has an unknown part", '{"dta": []}', /another form than expected: the file: .*dta/],
    ["misses a field", '{"data": [{"type": "aws_ami"}]}', /data\.0\.result/],
    ["has a wrong type", '{"world": [{"type": "aws_vpc", "id": 1, "region": "x"}]}', /world\.0\.id/],
  ])("a file that %s is refused", (_name, content, says) => {
    const file = write("bad.json", content);
    expect(() => knowledge({ fixturesFile: file })).toThrow(UserError);
    expect(() => knowledge({ fixturesFile: file })).toThrow(says);
  });

  test("a file that is not there is refused", () => {
    expect(() => knowledge({ fixturesFile: path.join(dir, "none.json") })).toThrow(/cannot be read/);
  });
});

describe("what the engine asks", () => {
  test("lists that the cloud fills have the length that the facts say", () => {
    const length = (type: string, attribute: string, attributes: Obj = {}) =>
      KNOWN.computedListLength(type, attribute, attributes);
    expect(length("aws_instance", "root_block_device")).toBe(1);
    expect(length("aws_instance", "ebs_block_device")).toBe(0);
    expect(length("aws_security_group", "ingress")).toBe(0);
    expect(length("aws_db_instance", "master_user_secret", { manage_master_user_password: true })).toBe(1);
    expect(length("aws_db_instance", "master_user_secret", { manage_master_user_password: null })).toBe(0);
    expect(length("aws_eks_cluster", "identity")).toBe(1);
  });

  test("ephemeral types are cut from types that exist", () => {
    const cut = Object.values(KNOWN.ephemeral);
    const missing = cut.filter(({ from, type }) => !(from === "data" ? dataSchemaOf(type) : schemaOf(type)));
    expect(missing).toEqual([]);
    expect(Object.keys(KNOWN.ephemeral)).toContain("random_password");
  });

  test("a type that nobody described has empty facts", () => {
    expect(KNOWN.facts("aws_unheard_of")).toEqual({
      forceNew: [],
      defaults: {},
      sensitive: [],
      computedBlocks: [],
      diffSuppressed: [],
    });
  });
});

test("lookups name arguments of data sources and attributes of resources", () => {
  const lookups = Object.entries(readFacts("lookups.json") as Record<string, Record<string, string>>);
  const wrong = lookups.flatMap(([type, pairs]) =>
    Object.entries(pairs).filter(
      ([argument, attribute]) =>
        !bindingsHave(dataSchemaOf(type), argument) || !bindingsHave(schemaOf(type), attribute),
    ),
  );
  expect(wrong).toEqual([]);
  expect(lookups.length).toBeGreaterThan(20);
});
