import { describe, expect, test } from "vitest";
import type { Obj, TypeFacts } from "../../scripts/simulator/contract";
import { complete } from "../../scripts/simulator/engine/complete";
import { NO_SETTINGS, planCrossCutting, readSettings } from "../../scripts/simulator/engine/cross-cutting";
import { wireDiagnostics } from "../../scripts/simulator/engine/diagnostics";
import { objectKey, privateData } from "../../scripts/simulator/engine/marker";
import { changedPaths, wirePaths } from "../../scripts/simulator/engine/paths";
import { unconfigurable } from "../../scripts/simulator/engine/validate";
import type { Attribute, Block, CtyType, Nesting } from "../../scripts/simulator/schema/types";
import { UNKNOWN } from "../../scripts/simulator/wire/value";

type Flag = "required" | "optional" | "computed" | "both" | "writeOnly";

function attribute(name: string, flag: Flag = "optional", type: CtyType = "string"): Attribute {
  return {
    name,
    type,
    required: flag === "required",
    optional: flag === "optional" || flag === "both" || flag === "writeOnly",
    computed: flag === "computed" || flag === "both",
    writeOnly: flag === "writeOnly",
  };
}

function nested(name: string, nesting: Nesting, attributes: Attribute[]): Block["blocks"][number] {
  return { name, nesting, minItems: 0, maxItems: 0, block: { attributes, blocks: [] } };
}

const BLOCK: Block = {
  attributes: [
    attribute("id", "computed"),
    attribute("name", "required"),
    attribute("size", "optional", "number"),
    attribute("zone", "both"),
    attribute("secret_wo", "writeOnly"),
    attribute("ports", "optional", ["set", "number"]),
    attribute("rules", "both", ["set", ["object", { port: "number", self: "bool" }]]),
  ],
  blocks: [
    nested("disk", "list", [
      attribute("kind"),
      attribute("disk_id", "computed"),
      attribute("fast", "optional", "bool"),
    ]),
    nested("grant", "set", [attribute("user"), attribute("grant_id", "computed"), attribute("level")]),
  ],
};

const FACTS: TypeFacts = {
  forceNew: [],
  defaults: {
    size: "20",
    zone: "a",
    secret_wo: "never",
    "disk.kind": "ssd",
    "grant.level": "read",
    "rules.self": false,
  },
  sensitive: [],
  computedBlocks: ["disk"],
  diffSuppressed: [],
};

const empty = (values: Obj = {}): Obj => ({
  id: null,
  name: "n",
  size: null,
  zone: null,
  secret_wo: null,
  ports: null,
  rules: null,
  disk: [],
  grant: [],
  ...values,
});

function completed(values: Obj, prior: Obj | null = null): Obj {
  const planned = empty(values);
  complete(BLOCK, planned, prior, FACTS);
  return planned;
}

describe("completing a proposal", () => {
  test("a new object gets defaults of the right type, and unknowns for what the cloud decides", () => {
    expect(completed({})).toEqual(empty({ id: UNKNOWN, size: 20, zone: "a", disk: UNKNOWN, rules: UNKNOWN }));
  });

  test("what is configured stays, and a write-only value goes", () => {
    const planned = completed({ size: 5, zone: UNKNOWN, secret_wo: "s" });
    expect(planned).toMatchObject({ size: 5, zone: UNKNOWN, secret_wo: null });
  });

  test("an existing object keeps what was computed, null included", () => {
    const prior = empty({ id: "i-1", zone: null, size: 20, disk: [{ kind: "ssd", disk_id: "d-1", fast: null }] });
    const planned = completed({}, prior);
    expect(planned).toMatchObject({ id: "i-1", zone: null, size: 20, disk: prior.disk });
  });

  test("blocks get defaults, and unknowns only where they are new", () => {
    const prior = empty({ id: "i-1", disk: [{ kind: "ssd", disk_id: "d-1", fast: null }] });
    const disk = [
      { kind: null, disk_id: "d-1", fast: null },
      { kind: "hdd", disk_id: null, fast: null },
    ];
    expect(completed({ disk }, prior).disk).toEqual([
      { kind: "ssd", disk_id: "d-1", fast: null },
      { kind: "hdd", disk_id: UNKNOWN, fast: null },
    ]);
  });

  test("elements of a set are known again by what is configured, whatever their order", () => {
    const prior = empty({
      grant: [
        { user: "a", grant_id: "g-a", level: "read" },
        { user: "b", grant_id: "g-b", level: "write" },
      ],
    });
    const grant = [
      { user: "b", grant_id: null, level: "write" },
      { user: "a", grant_id: null, level: null },
      { user: "a", grant_id: null, level: "write" },
    ];
    expect(completed({ grant }, prior).grant).toEqual([
      { user: "b", grant_id: "g-b", level: "write" },
      { user: "a", grant_id: "g-a", level: "read" },
      { user: "a", grant_id: UNKNOWN, level: "write" },
    ]);
  });

  test("fields of an attribute in the form of a block have defaults too", () => {
    expect(completed({ rules: [{ port: 1, self: null }] }).rules).toEqual([{ port: 1, self: false }]);
  });
});

describe("changed paths", () => {
  const lax = { zeroIsNull: true };
  const changed = (prior: Obj, planned: Obj, path: string, options = lax): unknown[] =>
    changedPaths(BLOCK, empty(prior), empty(planned), path, options);

  test.each<[string, Obj, Obj, string, unknown[]]>([
    ["an attribute", { name: "a" }, { name: "b" }, "name", [[{ attribute_name: "name" }]]],
    ["nothing", { name: "a" }, { name: "a" }, "name", []],
    ["a value that becomes unknown", { zone: "a" }, { zone: UNKNOWN }, "zone", [[{ attribute_name: "zone" }]]],
    ["a value that goes", { size: 5 }, { size: null }, "size", [[{ attribute_name: "size" }]]],
    ["nothing where zero means null", { size: 0, name: "" }, { size: null, name: "" }, "size", []],
    ["nothing in a set in another order", { ports: [1, 2] }, { ports: [2, 1] }, "ports", []],
    [
      "an attribute of the second block",
      { disk: [{ kind: "a" }, { kind: "a" }] },
      { disk: [{ kind: "a" }, { kind: "b" }] },
      "disk.kind",
      [[{ attribute_name: "disk" }, { element_key_int: 1 }, { attribute_name: "kind" }]],
    ],
    [
      "a block that goes",
      { disk: [{ kind: "a" }] },
      { disk: [] },
      "disk.kind",
      [[{ attribute_name: "disk" }, { element_key_int: 0 }, { attribute_name: "kind" }]],
    ],
    [
      "a set of blocks as a whole",
      { grant: [{ user: "a" }] },
      { grant: [{ user: "b" }] },
      "grant.user",
      [[{ attribute_name: "grant" }]],
    ],
    [
      "nothing in another attribute of a set",
      { grant: [{ user: "a", level: "x" }] },
      { grant: [{ user: "a" }] },
      "grant.user",
      [],
    ],
    [
      "a block by its name",
      { disk: [{ kind: "a" }] },
      { disk: [{ kind: "b" }] },
      "disk",
      [[{ attribute_name: "disk" }]],
    ],
    ["nothing that the schema does not have", { name: "a" }, { name: "b" }, "nope.kind", []],
  ])("%s", (_, prior, planned, path, expected) => {
    expect(changed(prior, planned, path)).toEqual(expected);
  });

  test("null and zero differ where the provider tells them apart", () => {
    expect(changed({ size: 0 }, { size: null }, "size", { zeroIsNull: false })).toHaveLength(1);
  });

  test("a dotted path has one wire path for each block", () => {
    expect(wirePaths(BLOCK, empty({ disk: [{ kind: "a" }, { kind: "b" }] }), "disk.kind")).toHaveLength(2);
    expect(wirePaths(BLOCK, empty({ grant: [{ user: "a" }, { user: "b" }] }), "grant.user")).toEqual([
      [{ attribute_name: "grant" }],
    ]);
    expect(wirePaths(BLOCK, empty(), "nope")).toEqual([]);
  });
});

describe("what the provider block does", () => {
  const tagged: Block = {
    attributes: [
      attribute("region", "both"),
      attribute("tags", "optional", ["map", "string"]),
      attribute("tags_all", "both", ["map", "string"]),
    ],
    blocks: [],
  };
  const settings = (tags: unknown): ReturnType<typeof readSettings> =>
    readSettings({ region: "eu-central-1", default_tags: [{ tags }] });
  const planned = (config: Obj, tags: unknown): Obj => {
    const object: Obj = { region: UNKNOWN, tags_all: UNKNOWN, ...config };
    planCrossCutting(tagged, object, config, settings(tags));
    return object;
  };

  test("tags_all is the default tags under the object's own", () => {
    expect(planned({ tags: { a: "1", b: null } }, { a: "0", c: "2" })).toMatchObject({
      region: "eu-central-1",
      tags_all: { a: "1", c: "2" },
    });
  });

  test.each<[string, unknown, unknown]>([
    ["a tag is not known", { a: UNKNOWN }, {}],
    ["the tags are not known", UNKNOWN, {}],
    ["a default tag is not known", { a: "1" }, { c: UNKNOWN }],
    ["the default tags are not known", { a: "1" }, UNKNOWN],
    ["there are none at creation", null, {}],
  ])("tags_all is open when %s", (_, tags, defaults) => {
    expect(planned({ tags }, defaults).tags_all).toBe(UNKNOWN);
  });

  test("a region of the object's own wins, and the provider needs none", () => {
    expect(planned({ region: "us-east-1" }, {}).region).toBe("us-east-1");
    expect(readSettings({})).toEqual(NO_SETTINGS);
  });
});

describe("messages and marks", () => {
  test("a path ends where the schema or a set allows no further step", () => {
    const attributeOf = (path: (string | number)[]): unknown =>
      wireDiagnostics([{ severity: "warning", summary: "s", detail: "d", path }], BLOCK).map(
        (d) => (d as { attribute?: { steps: unknown } }).attribute?.steps,
      )[0];
    expect(attributeOf(["disk", 0, "kind"])).toEqual([
      { attribute_name: "disk" },
      { element_key_int: 0 },
      { attribute_name: "kind" },
    ]);
    expect(attributeOf(["grant", 0, "user"])).toEqual([{ attribute_name: "grant" }]);
    expect(attributeOf(["nope"])).toBeUndefined();
  });

  test("what only the provider sets cannot be configured, in blocks neither", () => {
    const found = unconfigurable(BLOCK, empty({ id: "x", disk: [{ disk_id: "y" }], grant: [{ grant_id: UNKNOWN }] }));
    expect(found.map((d) => d.path)).toEqual([["id"], ["disk", 0, "disk_id"], ["grant", 0, "grant_id"]]);
  });

  test("the mark in the state gives the key back, and nothing else does", () => {
    expect(objectKey(privateData("k1"))).toBe("k1");
    for (const other of ["", "{}", '{"schema_version":"1"}', "not json", '{"simulatedObject":1}']) {
      expect(objectKey(Buffer.from(other))).toBeUndefined();
    }
    expect(objectKey(undefined)).toBeUndefined();
  });
});
