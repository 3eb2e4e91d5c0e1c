/** The simulated schemas beside a provider's file: what Terraform prints of them is equal, and every planted difference is named. */
import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { simulatedEnv } from "../../../scripts/lib/environment";
import { type Comparison, compareSchemas, startSimulator } from "../../../scripts/simulator";
import type { SchemaJson } from "../../../scripts/simulator/compare/normal";
import type { ProviderSchemas } from "../../../scripts/simulator/compare/provider-file";
import { BindingLibrary, installedBindings } from "../../../scripts/simulator/schema/library";
import { shippedStackTexts } from "../../helpers/shipped";
import { makeFolder, must, removeFolder, ROOT, Workspace } from "../support";

const AWS = "registry.terraform.io/hashicorp/aws";
const RANDOM = "registry.terraform.io/hashicorp/random";

interface FileJson {
  provider_schemas: Record<string, Required<ProviderSchemas>>;
}

let dir: string;
let stack: string;
let printed: string;
beforeAll(async () => {
  dir = makeFolder("compare");
  stack = path.join(dir, "stack");
  printed = await schemasOf("stack", must(shippedStackTexts().get("mvp"), "the stack mvp"));
}, 120_000);
afterAll(() => removeFolder(dir));

/** What the real Terraform prints of the simulated providers, in a directory with the configuration. */
async function schemasOf(name: string, configuration: string): Promise<string> {
  fs.mkdirSync(path.join(dir, name), { recursive: true });
  fs.writeFileSync(path.join(dir, name, "cdk.tf.json"), configuration);
  const simulator = await startSimulator({ dir, scopes: [path.join(dir, name)], baseEnv: simulatedEnv(process.env) });
  try {
    const env = { ...simulatedEnv(process.env), ...simulator.env };
    const workspace = new Workspace({ dir, env }, name);
    await workspace.ok("init");
    const { code, stdout, stderr } = await workspace.terraform("providers", "schema", "-json");
    if (code !== 0) throw new Error(stderr);
    return stdout;
  } finally {
    await simulator.stop();
  }
}

/** Compares a changed copy of what was printed. */
function compared(change: (aws: Required<ProviderSchemas>, all: FileJson) => void, scopes?: string[]): Comparison {
  const json = JSON.parse(printed) as FileJson;
  change(must(json.provider_schemas[AWS], AWS), json);
  const file = path.join(dir, "changed.json");
  fs.writeFileSync(file, JSON.stringify(json));
  return compareSchemas({ file, scopes: scopes ?? [stack] });
}

type Block = NonNullable<SchemaJson["block"]>;

function block(schemas: Record<string, SchemaJson>, type: string): Block {
  return must(must(schemas[type], type).block, type);
}

const attribute = (of: Block, name: string) => must(of.attributes?.[name], name);
const nested = (of: Block, name: string) => must(of.block_types?.[name], name);

describe("what Terraform prints of the simulator", () => {
  test("is equal to the simulator, in every type of the stack", () => {
    const file = path.join(dir, "same.json");
    fs.writeFileSync(file, printed);
    const { differing, types, providers, notInFile } = compareSchemas({ file, scopes: [stack] });
    expect([differing, providers, notInFile]).toEqual([[], ["hashicorp/aws", "hashicorp/random"], []]);
    expect(types).toBeGreaterThan(40);
  });

  test("is equal in every type that there is", { timeout: 180_000 }, async () => {
    const library = new BindingLibrary(
      must(
        installedBindings(path.join(ROOT, "node_modules")).find(({ name }) => name === "aws"),
        "aws",
      ),
      path.join(ROOT, ".cache", "simulator"),
    );
    const { resources, data } = library.types();
    const blocks = (types: string[]): object => Object.fromEntries(types.map((type) => [type, { one: {} }]));
    const everything = {
      terraform: { required_providers: { aws: { source: "aws" }, random: { source: "hashicorp/random" } } },
      resource: { ...blocks(resources), random_id: { one: {} } },
      data: blocks(data),
    };
    const file = path.join(dir, "everything.json");
    fs.writeFileSync(file, await schemasOf("everything", JSON.stringify(everything)));
    const begun = performance.now();
    const { differing, types, bytes } = compareSchemas({ file });
    console.log(`${types} types, ${(bytes / 1e6).toFixed(1)} MB: ${Math.round(performance.now() - begun)} ms`);
    // Only one type of the other provider is in the configuration.
    expect(differing.map(({ type }) => type).filter((type) => !type.startsWith("random_"))).toEqual([]);
    expect(types).toBeGreaterThan(2_200);
  });
});

describe("every kind of difference is named", () => {
  type Change = (aws: Required<ProviderSchemas>) => void;
  const subnet = (aws: Required<ProviderSchemas>): Block => block(aws.resource_schemas, "aws_subnet");
  const instance = (aws: Required<ProviderSchemas>): Block => block(aws.resource_schemas, "aws_instance");
  const CASES: [string, Change, string, object][] = [
    [
      "a type that only the provider has",
      (aws) => (aws.resource_schemas.aws_zebra = { version: 0, block: {} }),
      "resource aws_zebra",
      { path: "", aspect: "missing", real: "there", simulated: "nothing" },
    ],
    [
      "a type that only the simulator has",
      (aws) => delete aws.resource_schemas.aws_subnet,
      "resource aws_subnet",
      { path: "", aspect: "extra", real: "nothing", simulated: "there" },
    ],
    [
      "a data source",
      (aws) => delete aws.data_source_schemas.aws_caller_identity,
      "data aws_caller_identity",
      { path: "", aspect: "extra", real: "nothing", simulated: "there" },
    ],
    [
      "an ephemeral type",
      (aws) =>
        (attribute(
          block(aws.ephemeral_resource_schemas, "aws_secretsmanager_random_password"),
          "password_length",
        ).type = "string"),
      "ephemeral aws_secretsmanager_random_password",
      { path: "password_length", aspect: "type", real: '"string"', simulated: '"number"' },
    ],
    [
      "the provider block",
      (aws) => delete must(aws.provider.block, "block").attributes?.max_retries,
      "provider aws",
      { path: "max_retries", aspect: "extra", real: "nothing", simulated: 'optional attribute "number"' },
    ],
    [
      "a schema version",
      (aws) => (must(aws.resource_schemas.aws_subnet, "type").version = 1),
      "resource aws_subnet",
      { path: "", aspect: "version", real: "1", simulated: "0" },
    ],
    [
      "an attribute that the simulator lacks",
      (aws) => (must(subnet(aws).attributes, "attributes").zone = { type: "string", optional: true }),
      "resource aws_subnet",
      { path: "zone", aspect: "missing", real: 'optional attribute "string"', simulated: "nothing" },
    ],
    [
      "a type of an attribute",
      (aws) => (attribute(subnet(aws), "tags").type = ["set", "string"]),
      "resource aws_subnet",
      { path: "tags", aspect: "type", real: '["set","string"]', simulated: '["map","string"]' },
    ],
    [
      "what may be left out",
      (aws) => Object.assign(attribute(subnet(aws), "vpc_id"), { required: false, optional: true, computed: true }),
      "resource aws_subnet",
      { path: "vpc_id", aspect: "set", real: "optional, computed", simulated: "required" },
    ],
    [
      "what is hidden",
      (aws) => (attribute(subnet(aws), "cidr_block").sensitive = true),
      "resource aws_subnet",
      { path: "cidr_block", aspect: "sensitive", real: "yes", simulated: "no" },
    ],
    [
      "what is only written",
      (aws) => (attribute(block(aws.resource_schemas, "aws_ssm_parameter"), "value_wo").write_only = false),
      "resource aws_ssm_parameter",
      { path: "value_wo", aspect: "write-only", real: "no", simulated: "yes" },
    ],
    [
      "a block that is an attribute",
      (aws) => {
        delete instance(aws).block_types?.root_block_device;
        must(instance(aws).attributes, "attributes").root_block_device = { type: "string", computed: true };
      },
      "resource aws_instance",
      { path: "root_block_device", aspect: "type", real: 'computed attribute "string"', simulated: "list block" },
    ],
    [
      "how a block is nested",
      (aws) => (nested(instance(aws), "ebs_block_device").nesting_mode = "list"),
      "resource aws_instance",
      { path: "ebs_block_device", aspect: "nesting", real: "list", simulated: "set" },
    ],
    [
      "how many blocks there must be",
      (aws) => (nested(instance(aws), "root_block_device").min_items = 1),
      "resource aws_instance",
      { path: "root_block_device", aspect: "min items", real: "1", simulated: "0" },
    ],
    [
      "how many blocks there may be",
      (aws) => delete nested(instance(aws), "root_block_device").max_items,
      "resource aws_instance",
      { path: "root_block_device", aspect: "max items", real: "no limit", simulated: "1" },
    ],
    [
      "an attribute inside a block",
      (aws) =>
        (attribute(must(nested(instance(aws), "root_block_device").block, "block"), "volume_size").type = "string"),
      "resource aws_instance",
      { path: "root_block_device.volume_size", aspect: "type", real: '"string"', simulated: '"number"' },
    ],
  ];

  test.each(CASES)("%s", (_what, change, title, difference) => {
    const scope = path.join(dir, "scope");
    fs.mkdirSync(scope, { recursive: true });
    const one = { aws_subnet: {}, aws_instance: {}, aws_ssm_parameter: {}, aws_zebra: {} };
    const ephemeral = { aws_secretsmanager_random_password: {} };
    const configuration = { resource: one, data: { aws_caller_identity: {} }, ephemeral };
    fs.writeFileSync(path.join(scope, "cdk.tf.json"), JSON.stringify(configuration));
    const { differing, counts } = compared(change, [scope]);
    expect(differing.map(({ kind, type }) => `${kind} ${type}`)).toEqual([title]);
    expect(differing[0]?.differences).toEqual([difference]);
    expect(Object.values(counts)).toEqual([1]);
  });

  test("several at once: by type and path, counted by sort, and only types in use", () => {
    const { differing, counts, notInFile } = compared((aws, all) => {
      delete all.provider_schemas[RANDOM];
      attribute(subnet(aws), "vpc_id").type = "number";
      attribute(subnet(aws), "cidr_block").type = "number";
      aws.resource_schemas.aws_zebra = { block: {} };
      delete aws.resource_schemas.aws_vpc;
    });
    expect(differing.map(({ type, differences }) => [type, differences.map((one) => one.path)])).toEqual([
      ["aws_subnet", ["cidr_block", "vpc_id"]],
      ["aws_vpc", [""]],
    ]);
    expect(counts).toEqual({ type: 2, extra: 1 });
    expect(notInFile).toEqual(["hashicorp/random"]);
  });
});

describe("a file that cannot be used", () => {
  test.each([
    ["is not there", undefined, /none\.json does not exist\.$/],
    ["is empty", "", /is not valid JSON: it is empty\. Write it with: terraform providers schema -json > <file>/],
    ["was cut off", '{"provider_schemas": {"a', /is not valid JSON: /],
    ["is something else", '{"version": 4}', /has no "provider_schemas"\. Write it with/],
    ["was changed", '{"provider_schemas": {"a/b/c": 1}}', /is cut off or changed: a\/b\/c is no object/],
    [
      "has other providers",
      '{"provider_schemas": {"registry.terraform.io/hashicorp/null": {}}}',
      /has the schemas of neither hashicorp\/aws nor hashicorp\/random/,
    ],
  ])("%s", (_what, content, message) => {
    const file = path.join(dir, content === undefined ? "none.json" : "unusable.json");
    if (content !== undefined) fs.writeFileSync(file, content);
    const compare = (): Comparison => compareSchemas({ file });
    expect(compare).toThrow(message);
    expect(compare).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});
