/** Objects of a fixtures file are taken over by an import, and belong to the world from then on. */
import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { knowledge } from "../../scripts/simulator/facts";
import type { Config } from "./sample";
import { flat, makeFolder, removeFolder, startTestRun, type TestRun, Workspace } from "./support";

const REGION = "eu-central-1";
const FIXTURES = {
  world: [
    { type: "aws_vpc", id: "vpc-old", region: REGION, attributes: { cidr_block: "10.9.0.0/16" } },
    { type: "aws_vpc", id: "vpc-far", region: "us-east-1", attributes: { cidr_block: "10.8.0.0/16" } },
    { type: "aws_s3_bucket", id: "kept-data", region: REGION, attributes: { bucket: "kept-data" } },
    { type: "aws_s3_bucket", id: "never-imported", region: REGION, attributes: { bucket: "never-imported" } },
  ],
};

let folder: string;
let run: TestRun;
beforeAll(async () => {
  folder = makeFolder("import-fixtures-file");
  const fixturesFile = path.join(folder, "fixtures.json");
  fs.writeFileSync(fixturesFile, JSON.stringify(FIXTURES));
  run = await startTestRun("import-fixtures", knowledge({ fixturesFile }));
});
afterAll(() => {
  run.close();
  removeFolder(folder);
});

const PROVIDER: Config = {
  terraform: { required_providers: { aws: { source: "hashicorp/aws" } } },
  provider: { aws: [{ region: REGION }] },
};
const bucket = (name: string): Config => ({ ...PROVIDER, resource: { aws_s3_bucket: { data: { bucket: name } } } });

async function open(name: string, config: Config): Promise<Workspace> {
  const workspace = new Workspace(run, name);
  workspace.write(config);
  await workspace.ok("init");
  return workspace;
}

describe("an object of a fixtures file", () => {
  test("is taken over by an import block, with the values that AWS would show", async () => {
    const config: Config = {
      ...PROVIDER,
      import: [{ to: "aws_vpc.old", id: "vpc-old" }],
      resource: { aws_vpc: { old: { cidr_block: "10.9.0.0/16" } } },
    };
    const workspace = await open("block", config);
    expect(await workspace.apply(config)).toContain("1 imported, 0 added, 0 changed, 0 destroyed");
    expect(await workspace.planCode()).toBe(0);
    expect((await workspace.values("aws_vpc.old")).arn).toBe(`arn:aws:ec2:${REGION}:123456789012:vpc/vpc-old`);
    expect(run.objects("aws_vpc").map(({ id }) => id)).toEqual(["vpc-old"]);
  });

  test("is taken over by terraform import, can be destroyed, and is not there again afterwards", async () => {
    const workspace = await open("command", bucket("kept-data"));
    const taken = await workspace.terraform("apply", "-auto-approve");
    expect(flat(taken)).toContain("BucketAlreadyOwnedByYou");
    await workspace.ok("import", "aws_s3_bucket.data", "kept-data");
    expect(await workspace.planCode()).toBe(0);
    await workspace.ok("destroy", "-auto-approve");
    expect(run.objects("aws_s3_bucket")).toEqual([]);
    const gone = await workspace.terraform("import", "aws_s3_bucket.data", "kept-data");
    expect(flat(gone)).toContain('has no aws_s3_bucket "kept-data"');
    expect(flat(gone)).toContain('It has "never-imported".');
    expect(await workspace.apply(bucket("kept-data"))).toContain("1 added");
  });

  test("stays among the fixtures as long as nobody imports it", async () => {
    const workspace = await open("untouched", bucket("never-imported"));
    expect(flat(await workspace.terraform("apply", "-auto-approve"))).toContain("BucketAlreadyOwnedByYou");
    expect(run.objects("aws_s3_bucket").map(({ id }) => id)).not.toContain("never-imported");
  });

  test("is imported from its own region only", async () => {
    const workspace = await open("far", { ...PROVIDER, resource: { aws_vpc: { far: { cidr_block: "10.8.0.0/16" } } } });
    const result = await workspace.terraform("import", "aws_vpc.far", "vpc-far");
    expect(result.code).toBe(1);
    expect(flat(result)).toContain('The simulated account has no aws_vpc "vpc-far" in eu-central-1.');
    await workspace.ok("import", "aws_vpc.far", "vpc-far@us-east-1");
    expect(await workspace.values("aws_vpc.far")).toMatchObject({ id: "vpc-far", region: "us-east-1" });
  });
});
