import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { ignoredCredentials } from "../../scripts/simulator";
import { refuseRealCredentials } from "../../scripts/simulator/credentials";
import { ScopeScanner } from "../../scripts/simulator/scope";
import { isHandWritten, readWorldObjects, type StoredObject, WorldFile } from "../../scripts/simulator/world";
import { makeFolder, removeFolder } from "./support";

let dir: string;
let file: string;
beforeEach(() => {
  dir = makeFolder("world");
  file = path.join(dir, "world.json");
});
afterAll(() => removeFolder(dir));

const object = (id: string, key: string, region = "eu-central-1"): StoredObject => ({
  type: "aws_vpc",
  id,
  region,
  attributes: { id },
  key,
});

describe("the world file", () => {
  test("holds what was put, sorted, and gives it to the next process", () => {
    const world = new WorldFile(file, "123456789012");
    world.refresh();
    world.put(object("vpc-b", "2"));
    world.put(object("vpc-a", "1"));
    world.reserved.set("bucket/x", "deleted a moment ago");
    world.addDataType("aws_ami");
    const next = new WorldFile(file, "123456789012");
    next.refresh();
    expect(next.all().map((o) => o.id)).toEqual(["vpc-a", "vpc-b"]);
    expect([...next.reserved]).toEqual([["bucket/x", "deleted a moment ago"]]);
    expect([...next.dataTypes]).toEqual(["aws_ami"]);
    expect(readWorldObjects(file)).toHaveLength(2);
  });

  test("finds by key, by id and by region", () => {
    const world = new WorldFile(file, "1");
    world.put(object("x", "1", "eu-central-1"));
    world.put(object("x", "2", "us-east-1"));
    expect(world.byKey("2")?.region).toBe("us-east-1");
    expect(world.get("aws_vpc", "x", "us-east-1")?.key).toBe("2");
    expect(world.get("aws_vpc", "x")).toBeDefined();
    expect(world.get("aws_vpc", "x", "us-west-2")).toBeUndefined();
    expect(world.ofType("aws_subnet")).toEqual([]);
  });

  test("gives every object of a configuration a key of its own, also in the next process", () => {
    const world = new WorldFile(file, "1");
    const first = world.nextKey("config");
    expect(world.nextKey("config")).toBe(first); // nothing was made of it
    world.put(object("a", first), "config");
    const twin = world.nextKey("config");
    world.put(object("b", twin), "config");
    world.remove(first);
    world.remove(twin);
    const next = new WorldFile(file, "1");
    next.refresh();
    const again = next.nextKey("config");
    expect(new Set([first, twin, again]).size).toBe(3);
    expect(next.nextKey("other")).toBe(new WorldFile(path.join(dir, "fresh.json"), "1").nextKey("other"));
  });

  test("passes over the key of a living object that nobody counted", () => {
    const world = new WorldFile(file, "1");
    const first = world.nextKey("config");
    world.put(object("a", first));
    expect(world.nextKey("config")).not.toBe(first);
  });

  test("gives equal keys in equal worlds", () => {
    const keys = ["one.json", "two.json"].map((name) => {
      const world = new WorldFile(path.join(dir, name), "1");
      world.put(object("a", world.nextKey("config")), "config");
      return world.nextKey("config");
    });
    expect(keys[0]).toBe(keys[1]);
  });

  test("takes objects without a Terraform resource, and drops them", () => {
    const world = new WorldFile(file, "1");
    world.add({ type: "aws_spot_instance_request", id: "sir-1", region: "eu-central-1", attributes: {} });
    expect(world.ofType("aws_spot_instance_request").every(isHandWritten)).toBe(true);
    world.drop("aws_spot_instance_request", "sir-1");
    expect(readWorldObjects(file)).toEqual([]);
  });

  test("notices a change from outside, and a file that is gone", () => {
    const world = new WorldFile(file, "1");
    world.put(object("a", "1"));
    const other = new WorldFile(file, "1");
    other.refresh();
    other.put(object("b", "2"));
    world.refresh();
    expect(world.all()).toHaveLength(2);
    fs.rmSync(file);
    world.refresh();
    expect(world.all()).toEqual([]);
  });

  test.each<[string, string, RegExp]>([
    ["broken JSON", "{", /The world file .* cannot be read/],
    ["no objects", "{}", /has no list "objects"/],
    [
      "an object without id",
      '{"objects":[{"type":"t","region":"r","attributes":{}}]}',
      /objects\[0\]: "id" must be text/,
    ],
    [
      "an object without attributes",
      '{"objects":[{"type":"t","id":"i","region":"r"}]}',
      /"attributes" must be an object/,
    ],
    ["a count that is none", '{"objects":[],"issued":{"k":"2"}}', /"issued" must be an object of whole numbers/],
  ])("%s is named", (_, text, message) => {
    fs.writeFileSync(file, text);
    expect(() => new WorldFile(file, "1").refresh()).toThrow(message);
    expect(() => readWorldObjects(file)).toThrow(message);
  });

  test("a file of another account is refused", () => {
    new WorldFile(file, "111111111111").save();
    expect(() => new WorldFile(file, "222222222222").refresh()).toThrow("is of account 111111111111, not 222222222222");
  });

  test("a file with only objects is enough", () => {
    fs.writeFileSync(file, JSON.stringify({ objects: [{ type: "t", id: "i", region: "r", attributes: {} }] }));
    const world = new WorldFile(file, "1");
    world.refresh();
    expect(world.get("t", "i", "r")).toBeDefined();
  });
});

describe("the types in use", () => {
  const write = (name: string, json: unknown): void => {
    fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    fs.writeFileSync(path.join(dir, name), typeof json === "string" ? json : JSON.stringify(json));
  };

  test("come from configurations and states below the directories, in every JSON form", () => {
    write("stacks/mvp/cdk.tf.json", { resource: { aws_vpc: {} }, data: { aws_ami: {} } });
    write("list.tf.json", [{ resource: [{ aws_eip: {} }, { aws_lb: {} }] }]);
    write("terraform.mvp.tfstate", {
      resources: [
        { mode: "managed", type: "aws_subnet" },
        { mode: "data", type: "aws_region" },
      ],
    });
    write("stacks/mvp/.terraform/modules.tf.json", { resource: { aws_hidden: {} } });
    write("broken.tf.json", "{");
    const types = new ScopeScanner([dir, path.join(dir, "nowhere")]).scan();
    expect([...types.resources].sort()).toEqual(["aws_eip", "aws_lb", "aws_subnet", "aws_vpc"]);
    expect([...types.data].sort()).toEqual(["aws_ami", "aws_region"]);
  });

  test("follow the files", () => {
    const scanner = new ScopeScanner([dir]);
    expect(scanner.scan().resources.size).toBe(0);
    write("a.tf.json", { resource: { aws_vpc: {} } });
    expect([...scanner.scan().resources]).toEqual(["aws_vpc"]);
    write("a.tf.json", { resource: { aws_subnet: {} } });
    expect([...scanner.scan().resources]).toEqual(["aws_subnet"]);
    fs.rmSync(path.join(dir, "a.tf.json"));
    expect(scanner.scan().resources.size).toBe(0);
  });
});

describe("real credentials", () => {
  test.each([
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  ])("%s is refused by name, without its value", (name) => {
    const refuse = (): void => refuseRealCredentials({ [name]: "real-value" });
    expect(refuse).toThrow(`Real AWS credentials are set in this shell (${name})`);
    expect(refuse).toThrow(`env -u ${name} <command>`);
    expect(refuse).not.toThrow("real-value");
    expect(ignoredCredentials({ [name]: "real-value", HOME: "/home/me" })).toEqual([name]);
  });

  test("a profile, the dummy key and nothing at all are fine", () => {
    for (const env of [{ AWS_PROFILE: "work" }, { AWS_ACCESS_KEY_ID: "simulated" }, { AWS_SESSION_TOKEN: "" }, {}]) {
      expect(() => refuseRealCredentials(env)).not.toThrow();
      expect(ignoredCredentials(env)).toEqual([]);
    }
  });
});
