import { describe, expect, test } from "vitest";
import { decode, decodeObject, encode, hasUnknown, UNKNOWN } from "../../scripts/simulator/wire/value";
import { encodeResponse, methodNames, serviceDefinition } from "../../scripts/simulator/wire/messages";
import { canonical, conform, fit, toJson } from "../../scripts/simulator/schema/shape";
import { must } from "./support";
import type { Attribute, Block, CtyType } from "../../scripts/simulator/schema/types";

const hex = (text: string): { msgpack: Uint8Array } => ({ msgpack: Buffer.from(text, "hex") });

const attribute = (name: string, type: CtyType): Attribute => ({
  name,
  type,
  required: false,
  optional: true,
  computed: false,
  writeOnly: false,
});

describe("values on the wire", () => {
  test("an unknown value is extension 0 with one zero byte", () => {
    expect(Buffer.from(encode(UNKNOWN).msgpack).toString("hex")).toBe("d40000");
    expect(decode(hex("d40000"))).toBe(UNKNOWN);
  });

  test("an unknown value with refinements is read as unknown", () => {
    // Extension 12 with a map that says "not null".
    expect(decode(hex("c7030c8101c2"))).toBe(UNKNOWN);
  });

  test.each([
    ["null", null, "c0"],
    ["text", "é", "a2c3a9"],
    ["a whole number", 443, "cd01bb"],
    ["a fraction", 0.5, "cb3fe0000000000000"],
    ["a bool", true, "c3"],
    ["a list", ["a", 1], "92a16101"],
    ["an object", { a: null }, "81a161c0"],
    ["a dynamic value", [Buffer.from('"string"'), "x"], "92c40822737472696e6722a178"],
  ])("%s", (_, value, bytes) => {
    expect(Buffer.from(encode(value).msgpack).toString("hex")).toBe(bytes);
    expect(encode(decode(hex(bytes))).msgpack).toEqual(new Uint8Array(Buffer.from(bytes, "hex")));
  });

  test("a value that keeps unknowns inside survives the way there and back", () => {
    const value = { id: UNKNOWN, tags: { a: "b", c: UNKNOWN }, list: [UNKNOWN, { x: null }] };
    const back = decode(encode(value));
    expect(back).toEqual(value);
    expect(hasUnknown(back)).toBe(true);
    expect(hasUnknown({ a: [{ b: "x" }] })).toBe(false);
  });

  test("an old state is JSON, and no message at all is null", () => {
    expect(decode({ json: Buffer.from('{"a":1}') })).toEqual({ a: 1 });
    expect(decode(undefined)).toBeNull();
    expect(decodeObject(encode(null))).toBeNull();
    expect(() => decodeObject(encode("x"))).toThrow("expected an object on the wire, got string");
  });
});

describe("messages", () => {
  test("every method is in the service, under the protocol's name", () => {
    const service = serviceDefinition();
    expect(Object.keys(service)).toEqual(methodNames);
    expect(methodNames).toHaveLength(19);
    expect(service.PlanResourceChange?.path).toBe("/tfplugin6.Provider/PlanResourceChange");
  });

  test("a request is read with its defaults", () => {
    const { requestSerialize, requestDeserialize } = must(serviceDefinition().ReadResource, "ReadResource");
    const bytes = requestSerialize({ type_name: "aws_vpc", current_state: encode({ id: "x" }) });
    const read = requestDeserialize(bytes) as { type_name: string; current_state: { msgpack: Uint8Array } };
    expect(read.type_name).toBe("aws_vpc");
    expect(decode(read.current_state)).toEqual({ id: "x" });
  });

  test("field numbers are the protocol's", () => {
    // planned_state 1 {msgpack 1: nil}, requires_replace 2 {steps 1 {attribute_name 1: "a"}}, legacy_type_system 5.
    const bytes = encodeResponse("PlanResourceChange", {
      planned_state: encode(null),
      requires_replace: [{ steps: [{ attribute_name: "a" }] }],
      legacy_type_system: true,
    });
    expect(bytes.toString("hex")).toBe("0a030a01c012050a030a01612801");
  });
});

describe("shapes", () => {
  const rule: Block = { attributes: [attribute("port", "number"), attribute("names", ["set", "string"])], blocks: [] };
  const block: Block = {
    attributes: [attribute("name", "string"), attribute("any", "dynamic"), attribute("tags", ["map", "string"])],
    blocks: [
      { name: "rule", nesting: "set", minItems: 0, maxItems: 0, block: rule },
      { name: "timeouts", nesting: "single", minItems: 0, maxItems: 0, block: rule },
    ],
  };

  test("loose JSON gets every attribute, and loses what the schema does not have", () => {
    expect(conform(block, { name: "x", gone: 1, rule: [{ port: "80" }] })).toEqual({
      name: "x",
      any: null,
      tags: null,
      rule: [{ port: 80, names: null }],
      timeouts: null,
    });
    expect(conform(block, null)).toEqual({ name: null, any: null, tags: null, rule: [], timeouts: null });
  });

  test("what is unknown stays unknown", () => {
    expect(conform(block, { name: UNKNOWN, rule: UNKNOWN })).toMatchObject({ name: UNKNOWN, rule: UNKNOWN });
  });

  test("a dynamic value keeps its type in JSON and on the wire", () => {
    const fitted = conform(block, { any: { a: [1, true] } });
    expect(toJson(fitted)).toMatchObject({
      any: { type: ["object", { a: ["tuple", ["number", "bool"]] }], value: { a: [1, true] } },
    });
    expect(conform(block, toJson(fitted))).toEqual(fitted);
  });

  test.each<[CtyType, unknown, string]>([
    ["number", "eighty", '"eighty" is no number'],
    ["bool", 1, "1 is no bool"],
    ["string", ["a"], '["a"] is no string'],
    [["list", "string"], "a", '"a" is no list'],
    [["map", "string"], [], "[] is no map"],
  ])("%j refuses %j", (type, value, message) => {
    expect(() => fit(type, value)).toThrow(message);
  });

  test("sets compare in any order, lists do not", () => {
    const make = (names: string[], ports: number[]): object => ({ rule: ports.map((port) => ({ port, names })) });
    expect(canonical(block, make(["a", "b"], [1, 2]))).toBe(canonical(block, make(["b", "a"], [2, 1])));
    expect(canonical(block, make(["a"], [1]))).not.toBe(canonical(block, make(["a"], [1, 1])));
    const listed: Block = { attributes: [attribute("l", ["list", "string"])], blocks: [] };
    expect(canonical(listed, { l: ["a", "b"] })).not.toBe(canonical(listed, { l: ["b", "a"] }));
  });
});
