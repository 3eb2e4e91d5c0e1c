import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deriveType } from "../../scripts/simulator/schema/derive";
import { type Binding, BindingLibrary, installedBindings } from "../../scripts/simulator/schema/library";
import { attributeOf, blockOf } from "../../scripts/simulator/schema/shape";
import { originalSource } from "../../scripts/simulator/schema/source";
import type { Block } from "../../scripts/simulator/schema/types";
import { makeFolder, must, removeFolder, ROOT } from "./support";

const bindings = installedBindings(path.join(ROOT, "node_modules"));
const bindingOf = (name: string): Binding =>
  must(
    bindings.find((b) => b.name === name),
    name,
  );
const aws = bindingOf("aws");

interface Counts {
  required: number;
  optional: number;
  optionalComputed: number;
  computed: number;
  blocks: number;
  single: number;
  sets: number;
}

function count(block: Block, into: Counts): Counts {
  for (const a of block.attributes) {
    if (a.required) into.required++;
    else if (a.optional) into[a.computed ? "optionalComputed" : "optional"]++;
    else into.computed++;
  }
  for (const nested of block.blocks) {
    into.blocks++;
    if (nested.maxItems === 1) into.single++;
    if (nested.nesting === "set") into.sets++;
    count(nested.block, into);
  }
  return into;
}

describe("the installed bindings", () => {
  test("are those of aws and random, with their sources", () => {
    expect(bindings.map((b) => b.source)).toEqual(["hashicorp/aws", "hashicorp/random"]);
  });

  test("are understood without exception, with the known numbers of attributes and blocks", () => {
    const total: Counts = { required: 0, optional: 0, optionalComputed: 0, computed: 0, blocks: 0, single: 0, sets: 0 };
    const types: string[] = [];
    for (const dir of new BindingLibrary(aws).directories()) {
      const schema = deriveType(aws.lib, dir);
      types.push(schema.type);
      count(schema.block, total);
    }
    expect(types.length).toBe(2211);
    // A change here means that the bindings changed, or that the derivation reads them differently.
    expect(total).toEqual({
      required: 8541,
      optional: 11155,
      optionalComputed: 7615,
      computed: 7885,
      blocks: 6401,
      single: 2751,
      sets: 907,
    });
  });
});

describe("a type", () => {
  const library = new BindingLibrary(aws);
  const block = (type: string): Block => must(library.resource(type), type).block;

  test("keeps apart what is optional, computed, and both", () => {
    const flags = (name: string): string => {
      const { required, optional, computed } = must(attributeOf(block("aws_subnet"), name), name);
      return [required && "required", optional && "optional", computed && "computed"].filter(Boolean).join("+");
    };
    expect(flags("vpc_id")).toBe("required");
    expect(flags("map_public_ip_on_launch")).toBe("optional");
    expect(flags("availability_zone")).toBe("optional+computed");
    expect(flags("arn")).toBe("computed");
  });

  test("has blocks with their nesting and limits", () => {
    expect(blockOf(block("aws_instance"), "root_block_device")).toMatchObject({ nesting: "list", maxItems: 1 });
    expect(blockOf(block("aws_s3_bucket_versioning"), "versioning_configuration")).toMatchObject({ minItems: 1 });
    expect(blockOf(block("aws_vpc"), "timeouts")).toBeUndefined();
    expect(blockOf(block("aws_subnet"), "timeouts")).toMatchObject({ nesting: "single" });
  });

  test("has attributes in the form of blocks as attributes", () => {
    expect(attributeOf(block("aws_route_table"), "route")?.type).toEqual(["set", ["object", expect.anything()]]);
    expect(attributeOf(block("aws_security_group"), "ingress")?.type).toEqual(["set", ["object", expect.anything()]]);
  });

  test("has write-only arguments", () => {
    expect(attributeOf(block("aws_db_instance"), "password_wo")?.writeOnly).toBe(true);
    expect(attributeOf(block("aws_db_instance"), "password_wo_version")?.writeOnly).toBe(false);
  });

  test("knows whether it is built on the newer framework", () => {
    expect(library.resource("aws_vpc")?.framework).toBe(false);
    expect(library.resource("aws_vpc_security_group_ingress_rule")?.framework).toBe(true);
  });

  test("is found under its Terraform name, data source or not", () => {
    const random = new BindingLibrary(bindingOf("random"));
    expect(random.resource("random_string")?.type).toBe("random_string");
    expect(library.data("aws_ami")?.type).toBe("aws_ami");
    expect(library.resource("aws_ami")?.type).toBe("aws_ami");
    expect(library.resource("aws_vpcc")).toBeUndefined();
    expect(library.resource("random_string")).toBeUndefined();
  });
});

describe("a pattern that is not known", () => {
  let dir: string;
  beforeAll(() => {
    dir = makeFolder("derive");
  });
  afterAll(() => removeFolder(dir));

  /** Writes a binding whose source is that of aws_eip with one change. */
  function changed(from: string | RegExp, to: string): string {
    const source = originalSource(path.join(aws.lib, "eip", "index.js"));
    const text = source.replace(from, to);
    if (text === source) throw new Error(`${from} is not in the source`);
    const map = Buffer.from(JSON.stringify({ sourcesContent: [text] })).toString("base64");
    fs.mkdirSync(path.join(dir, "eip"), { recursive: true });
    fs.writeFileSync(path.join(dir, "eip", "index.js"), `//# sourceMappingURL=data:application/json;base64,${map}`);
    return dir;
  }

  test.each<[string, string | RegExp, string, RegExp]>([
    [
      "a getter",
      "return this.getStringAttribute('allocation_id')",
      "return this.getOther('x')",
      /Eip\.allocation_id: getter is not/,
    ],
    [
      "a storage",
      'storageClassType: "string"',
      'storageClassType: "decimal"',
      /storage simple\/decimal is not understood/,
    ],
    ["a kind", 'type: "simple"', 'type: "tuple"', /storage tuple\/string is not understood/],
    [
      "a mark",
      "computed: true, optional: false",
      "computed: maybe, optional: false",
      /attributes are marked, \d+ understood/,
    ],
    ["an argument map", /isBlock: false,\n/, "block: false,\n", /arguments are written, \d+ understood/],
    ["a class", "extends cdktf.TerraformResource", "extends cdktf.Other", /eip: no resource class/],
    [
      "an argument without attribute",
      "// domain - computed",
      "// dominion - computed",
      /Eip\.domain: argument without attribute/,
    ],
  ])("%s is refused by name", (_, from, to, message) => {
    expect(() => deriveType(changed(from, to), "eip")).toThrow(message);
  });

  test("a file without its source is refused", () => {
    fs.mkdirSync(path.join(dir, "bare"), { recursive: true });
    fs.writeFileSync(path.join(dir, "bare", "index.js"), "exports.x = 1;\n");
    expect(() => deriveType(dir, "bare")).toThrow(/index\.js: no inline source map/);
  });
});

describe("the cache on disk", () => {
  let dir: string;
  beforeAll(() => {
    dir = makeFolder("cache");
  });
  afterAll(() => removeFolder(dir));

  test("gives the same schema, under the version of the package", () => {
    const derived = new BindingLibrary(aws, dir).resource("aws_vpc");
    const [folder = ""] = fs.readdirSync(dir);
    expect(folder).toMatch(/^provider-aws-21\.22\.1-[0-9a-f]{12}$/);
    expect(fs.readdirSync(path.join(dir, folder))).toEqual(["vpc.json"]);
    const moved: Binding = { ...aws, lib: path.join(dir, "nowhere") };
    expect(new BindingLibrary(moved, dir).resource("aws_vpc")).toEqual(derived);
  });

  test("is left aside when it cannot be read", () => {
    const [folder = ""] = fs.readdirSync(dir);
    fs.writeFileSync(path.join(dir, folder, "vpc.json"), "{");
    expect(new BindingLibrary(aws, dir).resource("aws_vpc")?.type).toBe("aws_vpc");
  });
});
