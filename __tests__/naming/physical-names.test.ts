import { describe, expect, test } from "vitest";
import { PhysicalNames } from "../../modules/naming/physical-names";

const base = { app: "shop", tier: "mvp" };

describe("made names", () => {
  test("carry app and tier", () => {
    const names = new PhysicalNames(base);
    expect(names.prefix).toBe("shop-mvp");
    expect(names.path).toBe("shop/mvp");
    expect(names.of("aws_iam_role", "host_role", "host")).toBe("shop-mvp-host");
    expect(names.pathOf("aws_ecr_repository", "repository_api_images", "api")).toBe("shop/mvp/api");
    expect(names.pathOf("aws_ssm_parameter", "image_api_parameter", "image/api", "/")).toBe("/shop/mvp/image/api");
  });

  test("carry the environment, so that two of one app live side by side", () => {
    const names = new PhysicalNames({ ...base, environment: "staging" });
    expect(names.prefix).toBe("shop-mvp-staging");
    expect(names.path).toBe("shop/mvp-staging");
    expect(names.of("aws_iam_role", "host_role", "host")).toBe("shop-mvp-staging-host");
    expect(names.pathOf("aws_ssm_parameter", "image_api_parameter", "image/api", "/")).toBe(
      "/shop/mvp-staging/image/api",
    );
  });

  test("are shortened to the limit of their type", () => {
    const names = new PhysicalNames({ app: "a".repeat(40), tier: "mvp", environment: "e".repeat(30) });
    expect(names.of("aws_iam_role", "x", "host")).toHaveLength(64);
    expect(names.of("aws_security_group", "x", "host")).toHaveLength(80);
    expect(names.pathOf("aws_ssm_parameter", "x", "w".repeat(2000), "/")).toHaveLength(1011);
  });

  test("two long ones of different kinds stay different", () => {
    const names = new PhysicalNames({ app: "a".repeat(40), tier: "mvp", environment: "e".repeat(30) });
    expect(names.of("aws_iam_role", "x", "host")).not.toBe(names.of("aws_iam_role", "y", "snapshots"));
  });
});

describe("literal names", () => {
  test("stand as they are, however long", () => {
    const literal = "L".repeat(100);
    const names = new PhysicalNames(base, { host_role: literal, image_api_parameter: "/old/image" });
    expect(names.of("aws_iam_role", "host_role", "host")).toBe(literal);
    expect(names.pathOf("aws_ssm_parameter", "image_api_parameter", "image/api", "/")).toBe("/old/image");
    expect(names.literal("host_role")).toBe(literal);
  });

  test("are none where none is given, not even a property that every object has", () => {
    const names = new PhysicalNames(base, { host_role: "old" });
    expect(names.literal("backups_bucket")).toBeUndefined();
    expect(names.literal("constructor")).toBeUndefined();
    expect(names.of("aws_iam_role", "toString", "x")).toBe("shop-mvp-x");
  });

  test("that no resource asked for are known as mistakes", () => {
    const names = new PhysicalNames(base, { host_rol: "old", backups_bucket: "b", firewall_group: "g" });
    expect(names.unused()).toEqual(["host_rol", "backups_bucket", "firewall_group"]);
    names.of("aws_iam_role", "host_role", "host");
    names.literal("backups_bucket");
    expect(names.unused()).toEqual(["host_rol", "firewall_group"]);
    expect(names.known()).toEqual(["backups_bucket", "host_role"]);
  });

  test("asking twice counts once", () => {
    const names = new PhysicalNames(base);
    names.of("aws_iam_role", "b", "x");
    names.of("aws_iam_role", "a", "x");
    names.of("aws_iam_role", "b", "x");
    expect(names.known()).toEqual(["a", "b"]);
  });
});
