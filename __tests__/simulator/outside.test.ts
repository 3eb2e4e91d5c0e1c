import * as fs from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { WorldObject } from "../../scripts/simulator/contract";
import { type Config, sampleConfig, set } from "./sample";
import { flat, startTestRun, type TestRun, Workspace } from "./support";

let run: TestRun;
let base: Workspace;

beforeAll(async () => {
  run = await startTestRun("outside");
  base = new Workspace(run, "base");
  base.write(sampleConfig());
  await base.ok("init");
  await base.apply(sampleConfig());
});
afterAll(() => run.close());

/** Changes the world file as a user's editor would. */
function editWorld(change: (objects: WorldObject[]) => WorldObject[]): void {
  const json = JSON.parse(fs.readFileSync(run.worldFile, "utf8")) as { objects: WorldObject[] };
  fs.writeFileSync(run.worldFile, JSON.stringify({ ...json, objects: change(json.objects) }));
}

describe("the world outside Terraform", () => {
  test("drift shows, and the apply mends it", async () => {
    const workspace = await base.copy("drift");
    editWorld((objects) =>
      objects.map((o) =>
        o.type === "aws_instance" ? { ...o, attributes: { ...o.attributes, instance_type: "t3.large" } } : o,
      ),
    );
    const change = await workspace.change("aws_instance.vm");
    expect([change.actions, change.before.instance_type, change.after.instance_type]).toEqual([
      ["update"],
      "t3.large",
      "t3.micro",
    ]);
    await workspace.apply(sampleConfig());
    expect(run.objects("aws_instance")[0]?.attributes.instance_type).toBe("t3.micro");
  });

  test("a deletion by hand shows, and the apply makes the object again", async () => {
    const workspace = await base.copy("deleted");
    editWorld((objects) => objects.filter((o) => o.type !== "aws_s3_bucket_versioning"));
    const changes = await workspace.changes();
    expect(changes["aws_s3_bucket_versioning.data"]?.actions).toEqual(["create"]);
    await workspace.apply(sampleConfig());
    expect(run.objects("aws_s3_bucket_versioning")).toHaveLength(1);
  });

  test("an update of what vanished after the plan is refused", async () => {
    const status = { status: "Suspended" };
    const path = "resource.aws_s3_bucket_versioning.data.versioning_configuration";
    const workspace = await base.copy("vanished", (c) => set(c, path, status));
    await workspace.ok("plan", "-out=plan");
    const good = fs.readFileSync(run.worldFile, "utf8");
    editWorld((objects) => objects.filter((o) => o.type !== "aws_s3_bucket_versioning"));
    const result = await workspace.terraform("apply", "plan");
    expect(result.code).toBe(1);
    expect(flat(result)).toContain('aws_s3_bucket_versioning "sample-123456789012" was deleted outside Terraform');
    expect(run.objects("aws_s3_bucket_versioning")).toEqual([]);
    fs.writeFileSync(run.worldFile, good);
  });

  test("a broken world file is named, and nothing is changed", async () => {
    const workspace = await base.copy("broken");
    const good = fs.readFileSync(run.worldFile, "utf8");
    fs.writeFileSync(run.worldFile, "{");
    try {
      const result = await workspace.terraform("plan");
      expect(result.code).toBe(1);
      expect(flat(result)).toMatch(/The world file \S+ cannot be read/);
      expect(fs.readFileSync(run.worldFile, "utf8")).toBe("{");
    } finally {
      fs.writeFileSync(run.worldFile, good);
    }
  });
});

describe("import", () => {
  const importing = (id: string): Config => ({
    terraform: { required_providers: { aws: { source: "aws" } } },
    provider: { aws: [{ region: "eu-central-1", default_tags: { tags: { app: "sample" } } }] },
    import: [{ to: "aws_s3_bucket.taken", id }] as never,
    resource: { aws_s3_bucket: { taken: { bucket: "sample-123456789012" } } },
  });

  test("takes over an object that exists, and then the plan is empty", async () => {
    const workspace = new Workspace(run, "import");
    workspace.write(importing("sample-123456789012"));
    await workspace.ok("init");
    expect(await workspace.apply(importing("sample-123456789012"))).toContain("1 imported, 0 added, 0 changed");
    expect(await workspace.planCode()).toBe(0);
  });

  test("says what there is when nothing has the id", async () => {
    const workspace = new Workspace(run, "import-missing");
    workspace.write(importing("nope"));
    await workspace.ok("init");
    const result = await workspace.terraform("plan");
    expect(result.code).toBe(1);
    expect(flat(result)).toContain(
      'The simulated account has no aws_s3_bucket "nope" in eu-central-1. It has "sample-123456789012".',
    );
  });

  test("finds an object that was written into the world file by hand", async () => {
    const config: Config = {
      ...importing("vpc-0123"),
      import: [{ to: "aws_vpc.old", id: "vpc-0123" }] as never,
      resource: { aws_vpc: { old: { cidr_block: "10.77.0.0/16" } } },
    };
    editWorld((objects) => [
      ...objects,
      {
        type: "aws_vpc",
        id: "vpc-0123",
        region: "eu-central-1",
        attributes: { id: "vpc-0123", cidr_block: "10.77.0.0/16" },
      },
    ]);
    const workspace = new Workspace(run, "import-by-hand");
    workspace.write(config);
    await workspace.ok("init");
    expect(await workspace.apply(config)).toContain("1 imported, 0 added, 0 changed");
    expect(await workspace.planCode()).toBe(0);
    await workspace.ok("destroy", "-auto-approve");
    expect(run.objects("aws_vpc")).toHaveLength(1);
  });
});

const passwordsIn = (file: string): number => fs.readFileSync(file, "utf8").split('"pw-').length - 1;

describe("secrets", () => {
  test("an ephemeral value goes into a write-only argument and into no file", async () => {
    const config: Config = {
      terraform: { required_providers: { aws: { source: "aws" }, random: { source: "random" } } },
      provider: { aws: [{ region: "eu-central-1" }], random: [{}] },
      ephemeral: { random_password: { db: { length: 40 } } },
      resource: {
        aws_secretsmanager_secret: { db: { name: "db" } },
        aws_secretsmanager_secret_version: {
          db: {
            secret_id: "${aws_secretsmanager_secret.db.id}",
            secret_string_wo: "${ephemeral.random_password.db.result}",
            secret_string_wo_version: 1,
          },
        },
      },
    };
    const workspace = new Workspace(run, "secrets");
    workspace.write(config);
    await workspace.ok("init");
    const secretsBefore = passwordsIn(run.worldFile);
    await workspace.apply(config);
    const version = await workspace.values("aws_secretsmanager_secret_version.db");
    expect(version).toMatchObject({ secret_string_wo: null, secret_string_wo_version: 1 });
    expect(passwordsIn(`${workspace.dir}/terraform.tfstate`)).toBe(0);
    expect(passwordsIn(run.worldFile)).toBe(secretsBefore);
    expect(await workspace.planCode()).toBe(0);
    await workspace.ok("destroy", "-auto-approve");
  });
});

describe("a state that the simulator did not write", () => {
  test.each(["plan", "plan -refresh=false", "destroy -auto-approve -refresh=false"])(
    "is refused by %s",
    async (command) => {
      const workspace = await base.copy(`foreign-${command}`);
      const file = `${workspace.dir}/terraform.tfstate`;
      const state = JSON.parse(fs.readFileSync(file, "utf8")) as {
        resources: { instances: { private?: string }[] }[];
      };
      for (const resource of state.resources) {
        for (const instance of resource.instances)
          instance.private = Buffer.from('{"schema_version":"1"}').toString("base64");
      }
      fs.writeFileSync(file, JSON.stringify(state));
      const before = fs.readFileSync(run.worldFile, "utf8");
      const result = await workspace.terraform(...command.split(" "));
      expect(result.code).toBe(1);
      expect(flat(result)).toContain("This state was not written by the simulator");
      expect(flat(result)).toMatch(/The state holds aws_\w+ "[^"]+", which the simulated AWS never created/);
      expect(fs.readFileSync(run.worldFile, "utf8")).toBe(before);
    },
  );
});

describe("real credentials in a provider block", () => {
  test("are refused by name, without their value", async () => {
    const workspace = await base.copy("keys", (c) => set(c, "provider.aws.0.access_key", "AKIAREALREALREAL"));
    const result = await workspace.terraform("plan");
    expect(result.code).toBe(1);
    expect(flat(result)).toContain("The provider block sets access_key.");
    expect(flat(result)).not.toContain("AKIAREALREALREAL");
  });
});
