import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { TerraformOutput } from "cdktf";
import { afterAll, describe, expect, test } from "vitest";
import { USER_DATA_LIMIT, userData } from "../../modules/host/user-data";
import { stringVariable } from "../../modules/terraform/variables";
import { outputOf } from "../helpers/inspect";
import { PlainTerraform } from "../helpers/plain-terraform";
import { synth } from "../helpers/synth";

const settings = { bucket: "shop-backups", prefix: "host/", region: "eu-central-1", appDir: "/opt/shop" };
const loader = fs.readFileSync("modules/host/files/loader.sh", "utf8");
const filled = loader
  .replaceAll("@BUCKET@", "shop-backups")
  .replaceAll("@PREFIX@", "host/")
  .replaceAll("@REGION@", "eu-central-1")
  .replaceAll("@APP_DIR@", "/opt/shop");

describe("the loader", () => {
  test.each([
    ["as it is", loader],
    ["filled in", filled],
  ])("is shell that bash can parse, %s", (_what, script) => {
    const { status, stderr } = spawnSync("bash", ["-n"], { input: script, encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("bash would say so if it were not", () => {
    expect(spawnSync("bash", ["-n"], { input: `${loader}\nif true; then`, encoding: "utf8" }).status).not.toBe(0);
  });

  test("stops at the first error and begins with its interpreter", () => {
    expect(loader).toMatch(/^#!\/bin\/bash\n/);
    expect(loader).toMatch(/^set -euo pipefail$/m);
  });

  test("has no place that is not filled in", () => {
    expect(userData(settings)).not.toMatch(/@[A-Z_]+@/);
  });

  test("takes settings as they are, also what a replacement pattern would be", () => {
    expect(userData({ ...settings, appDir: "/opt/$&$1$$" })).toContain("app_dir='/opt/$&$1$$'");
  });

  test("stays far below EC2's limit", () => {
    expect(USER_DATA_LIMIT).toBe(16_384);
    expect(Buffer.byteLength(userData(settings))).toBeLessThan(USER_DATA_LIMIT / 4);
  });

  test("names no secret and holds no key", () => {
    expect(userData(settings)).not.toMatch(/password|secret|token|AKIA/i);
  });
});

describe("through Terraform", () => {
  const json = synth((stack) => {
    const bucket = stringVariable(stack, "bucket", { description: "Bucket.", default: "shop-backups" });
    new TerraformOutput(stack, "script", { value: userData({ ...settings, bucket }) });
  });
  const { variable, output } = JSON.parse(json) as { variable: object; output: object };
  const terraform = new PlainTerraform("user-data", { variable, output });
  afterAll(() => terraform.remove());

  test("the host gets the script byte for byte, with the bucket's name in it", () => {
    expect(terraform.outputs().script).toBe(filled);
  });

  test("a reference to a resource stays a reference", () => {
    const referring = synth((stack) => {
      const { bucket } = new S3Bucket(stack, "bucket", { bucket: "shop" });
      new TerraformOutput(stack, "script", { value: userData({ ...settings, bucket }) });
    });
    expect(outputOf(referring, "script")).toContain("bucket='${aws_s3_bucket.bucket.bucket}'");
  });
});
