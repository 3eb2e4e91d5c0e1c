import * as path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { UserError } from "../../scripts/lib/errors";
import { backendOf, countByType, readStack, regionOfStack, resourceBlocks } from "../../scripts/lib/stack-json";
import { writeFileAtomic } from "../../scripts/lib/write";
import { makeFolder, removeFolder } from "../helpers/folders";

let folder: string;
beforeAll(() => void (folder = makeFolder("stack-json")));
afterAll(() => removeFolder(folder));

test.each([
  ["{", /cdk\.tf\.json is not valid JSON: /],
  ["[]", /cdk\.tf\.json does not hold a JSON object\./],
  ["null", /cdk\.tf\.json does not hold a JSON object\./],
])("a file that holds %s is refused in one line", (content, message) => {
  writeFileAtomic(path.join(folder, "cdk.tf.json"), content);
  expect(() => readStack(folder)).toThrow(message);
  expect(() => readStack(folder)).toThrow(UserError);
});

test("backends are told apart, and others refused", () => {
  expect(backendOf({ terraform: { backend: { local: { path: "../x" } } } })).toEqual({ type: "local", path: "../x" });
  const s3 = { bucket: "b", key: "k", region: "r", encrypt: true };
  expect(backendOf({ terraform: { backend: { s3 } } })).toEqual({ type: "s3", ...s3, lock: false });
  expect(() => backendOf({ terraform: { backend: { http: {} } } })).toThrow(`The backend "http" is not supported`);
  expect(() => backendOf({})).toThrow(`The backend "none" is not supported`);
});

test("the region is that of the provider without an alias, when it is written literally", () => {
  const other = { alias: "global", region: "us-east-1" };
  expect(regionOfStack({ provider: { aws: [other, { region: "eu-west-1" }] } })).toBe("eu-west-1");
  expect(regionOfStack({ provider: { aws: [{ region: "${var.region}" }] } })).toBeUndefined();
  expect(regionOfStack({ provider: { aws: [other] } })).toBeUndefined();
  expect(regionOfStack({})).toBeUndefined();
});

test("blocks are counted by type and listed with their addresses", () => {
  const resource = { b_type: { x: {}, y: {} }, a_type: { z: { k: 1 } } };
  expect(Object.entries(countByType(resource))).toEqual([
    ["a_type", 1],
    ["b_type", 2],
  ]);
  expect([...resourceBlocks({ resource })].map(({ address }) => address)).toEqual(["b_type.x", "b_type.y", "a_type.z"]);
  expect([...resourceBlocks({})]).toEqual([]);
});
