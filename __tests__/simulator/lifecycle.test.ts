import * as fs from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { WorldObject } from "../../scripts/simulator/contract";
import { readWorldObjects } from "../../scripts/simulator/world";
import { ASSUME_ROLE, type Config, flat, sampleConfig, startTestRun, type TestRun, Workspace } from "./support";

let run: TestRun;
let base: Workspace;
let applied: string;

beforeAll(async () => {
  run = await startTestRun("lifecycle");
  base = new Workspace(run, "base");
  base.write(sampleConfig());
  await base.ok("init");
  applied = await base.apply(sampleConfig());
});
afterAll(() => run.close());

/** A copy of the applied stack, in the same world. */
async function copy(name: string, change: (config: Config) => void = () => undefined): Promise<Workspace> {
  const workspace = new Workspace(run, name);
  const config = sampleConfig();
  change(config);
  workspace.write(config);
  fs.cpSync(`${base.dir}/terraform.tfstate`, `${workspace.dir}/terraform.tfstate`);
  await workspace.ok("init");
  return workspace;
}

const objectsOf = (type: string): WorldObject[] => readWorldObjects(run.worldFile).filter((o) => o.type === type);

/** Changes the world file as a user's editor would. */
function editWorld(change: (objects: WorldObject[]) => WorldObject[]): void {
  const json = JSON.parse(fs.readFileSync(run.worldFile, "utf8")) as { objects: WorldObject[] };
  fs.writeFileSync(run.worldFile, JSON.stringify({ ...json, objects: change(json.objects) }));
}

describe("apply", () => {
  test("makes everything, and the second plan is empty", async () => {
    expect(applied).toContain("Apply complete! Resources: 13 added, 0 changed, 0 destroyed.");
    expect(await base.planCode()).toBe(0);
    expect(readWorldObjects(run.worldFile)).toHaveLength(13);
  });

  test("fills ids and ARNs by their templates, in the region of the provider alias", async () => {
    const values = await base.values();
    const vpc = values["aws_vpc.main"]!;
    expect(vpc.id).toMatch(/^vpc-[0-9a-f]{17}$/);
    expect(vpc.arn).toBe(`arn:aws:ec2:eu-central-1:123456789012:vpc/${vpc.id}`);
    expect(vpc.default_security_group_id).toMatch(/^sg-[0-9a-f]{17}$/);
    expect(values["aws_security_group.web"]!.name).toMatch(/^web-\d{26}$/);
    expect(values["aws_iam_role.web"]!.arn).toBe("arn:aws:iam::123456789012:role/web");
    expect(values["aws_s3_bucket.replica"]!.region).toBe("us-west-2");
    expect(await base.outputs()).toMatchObject({ replica_region: "us-west-2" });
    expect(objectsOf("aws_s3_bucket").map((o) => o.region)).toEqual(["eu-central-1", "us-west-2"]);
    expect(objectsOf("aws_iam_role")[0]!.region).toBe("global");
  });

  test("shows defaults, default tags and what the cloud adds to a block", async () => {
    const values = await base.values();
    expect(values["aws_iam_role.web"]).toMatchObject({ path: "/", max_session_duration: 3600 });
    expect(values["aws_vpc.main"]!.tags_all).toEqual({ Name: "main", app: "sample" });
    expect(values["aws_s3_bucket.replica"]!.tags_all).toEqual({});
    const vm = values["aws_instance.vm"]!;
    expect(vm.root_block_device).toMatchObject([{ delete_on_termination: true, tags_all: { app: "sample" } }]);
    expect(vm.metadata_options).toHaveLength(1);
  });

  test("gives equal ids to an equal run in a fresh world", async () => {
    const other = await startTestRun("lifecycle-again");
    try {
      const workspace = new Workspace(other, "base");
      workspace.write(sampleConfig());
      await workspace.ok("init");
      await workspace.apply(sampleConfig());
      expect(readWorldObjects(other.worldFile)).toEqual(readWorldObjects(run.worldFile));
      await workspace.ok("destroy", "-auto-approve");
      expect(readWorldObjects(other.worldFile)).toEqual([]);
      await workspace.apply(sampleConfig());
      expect(readWorldObjects(other.worldFile)).toEqual(readWorldObjects(run.worldFile));
    } finally {
      other.close();
    }
  });

  test("gives distinct ids to twins, also of another stack in the same world", async () => {
    const twins: Config = {
      terraform: { required_providers: { aws: { source: "aws" } } },
      provider: { aws: [{ region: "eu-central-1", default_tags: { tags: { app: "sample" } } }] },
      resource: {
        aws_vpc: {
          main: { cidr_block: "10.0.0.0/16", tags: { Name: "main" } },
          twin: { cidr_block: "10.0.0.0/16", tags: { Name: "main" } },
        },
      },
    };
    const workspace = new Workspace(run, "twins");
    workspace.write(twins);
    await workspace.ok("init");
    await workspace.apply(twins);
    expect(new Set(objectsOf("aws_vpc").map((o) => o.id)).size).toBe(3);
    await workspace.ok("destroy", "-auto-approve");
    expect(objectsOf("aws_vpc")).toHaveLength(1);
    expect(await base.planCode()).toBe(0);
  });
});

describe("plan", () => {
  test("replaces on a force-new path, and all that hangs on it", async () => {
    const workspace = await copy("replace", (c) => (c.resource!.aws_vpc.main.cidr_block = "10.1.0.0/16"));
    const changes = await workspace.changes();
    expect(changes["aws_vpc.main"]).toMatchObject({ actions: ["delete", "create"], replace_paths: [["cidr_block"]] });
    expect(changes["aws_subnet.a"]).toMatchObject({ actions: ["delete", "create"], replace_paths: [["vpc_id"]] });
    expect(changes["aws_iam_role.web"]!.actions).toEqual(["no-op"]);
  });

  test("replaces on a force-new path inside a block", async () => {
    const workspace = await copy("replace-block", (c) => {
      c.resource!.aws_instance.vm.root_block_device = [{ volume_size: 20, encrypted: false }];
    });
    expect((await workspace.changes())["aws_instance.vm"]).toMatchObject({
      actions: ["delete", "create"],
      replace_paths: [["root_block_device", 0, "encrypted"]],
    });
  });

  test("replaces when an argument without a computed value is taken away, not when the cloud would keep its own", async () => {
    const workspace = await copy("take-away", (c) => {
      delete c.resource!.aws_subnet.a.availability_zone;
      c.resource!.aws_security_group.web.description = "Web";
    });
    const changes = await workspace.changes();
    expect(changes["aws_subnet.a"]!.actions).toEqual(["no-op"]);
    expect(changes["aws_security_group.web"]).toMatchObject({
      actions: ["delete", "create"],
      replace_paths: [["description"]],
    });
  });

  test("changes tags in place, and only tags", async () => {
    const workspace = await copy("tags", (c) => (c.resource!.aws_vpc.main.tags = { Name: "other" }));
    const { actions, before, after, after_unknown: unknown } = (await workspace.changes())["aws_vpc.main"]!;
    expect(actions).toEqual(["update"]);
    expect(after).toEqual({ ...before, tags: { Name: "other" }, tags_all: { Name: "other", app: "sample" } });
    expect(JSON.stringify(unknown)).not.toContain("true");
  });

  test("ignores a document that only looks different, where the provider does", async () => {
    const workspace = await copy("document", (c) => {
      c.resource!.aws_iam_role.web.assume_role_policy = JSON.stringify({ ...ASSUME_ROLE }, null, 2);
    });
    expect(await workspace.planCode()).toBe(0);
  });

  test("replaces what moves to another region", async () => {
    const workspace = await copy("region", (c) => (c.provider!.aws[1].region = "us-east-2"));
    expect((await workspace.changes())["aws_s3_bucket.replica"]).toMatchObject({
      actions: ["delete", "create"],
      replace_paths: [["region"]],
    });
  });

  test("hides sensitive values", async () => {
    const workspace = await copy("sensitive", (c) => (c.resource!.random_password.db.length = 30));
    expect((await workspace.changes())["random_password.db"]).toMatchObject({
      actions: ["delete", "create"],
      after_sensitive: { result: true },
    });
  });
});

describe("default tags that are not known yet", () => {
  test("leave tags_all open in the plan, and are right after the apply", async () => {
    const config: Config = {
      terraform: { required_providers: { aws: { source: "aws" }, random: { source: "random" } } },
      provider: {
        aws: [{ region: "eu-central-1", default_tags: { tags: { stamp: "${random_password.stamp.bcrypt_hash}" } } }],
        random: [{}],
      },
      resource: {
        random_password: { stamp: { length: 8 } },
        aws_vpc: { main: { cidr_block: "10.9.0.0/16", tags: { Name: "tagged" } } },
      },
    };
    const workspace = new Workspace(run, "unknown-tags");
    workspace.write(config);
    await workspace.ok("init");
    const change = (await workspace.changes())["aws_vpc.main"]!;
    expect(change.after_unknown.tags_all).toBe(true);
    await workspace.apply(config);
    const values = await workspace.values();
    expect(values["aws_vpc.main"]!.tags_all).toEqual({
      Name: "tagged",
      stamp: values["random_password.stamp"]!.bcrypt_hash,
    });
    expect(await workspace.planCode()).toBe(0);
    await workspace.ok("destroy", "-auto-approve");
  });
});

describe("the world outside Terraform", () => {
  test("drift shows, and the apply mends it", async () => {
    const workspace = await copy("drift");
    editWorld((objects) =>
      objects.map((o) =>
        o.type === "aws_instance" ? { ...o, attributes: { ...o.attributes, instance_type: "t3.large" } } : o,
      ),
    );
    const change = (await workspace.changes())["aws_instance.vm"]!;
    expect([change.actions, change.before.instance_type, change.after.instance_type]).toEqual([
      ["update"],
      "t3.large",
      "t3.micro",
    ]);
    await workspace.apply(sampleConfig());
    expect(objectsOf("aws_instance")[0]!.attributes.instance_type).toBe("t3.micro");
  });

  test("a deletion by hand shows, and the apply makes the object again", async () => {
    const workspace = await copy("deleted");
    editWorld((objects) => objects.filter((o) => o.type !== "aws_s3_bucket_versioning"));
    const changes = await workspace.changes();
    expect(changes["aws_s3_bucket_versioning.data"]!.actions).toEqual(["create"]);
    await workspace.apply(sampleConfig());
    expect(objectsOf("aws_s3_bucket_versioning")).toHaveLength(1);
  });

  test("a broken world file is named, and nothing is changed", async () => {
    const workspace = await copy("broken");
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
    expect(objectsOf("aws_vpc")).toHaveLength(1);
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
    const version = (await workspace.values())["aws_secretsmanager_secret_version.db"]!;
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
      const workspace = await copy(`foreign-${command}`);
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
    const workspace = await copy("keys", (c) => (c.provider!.aws[0].access_key = "AKIAREALREALREAL"));
    const result = await workspace.terraform("plan");
    expect(result.code).toBe(1);
    expect(flat(result)).toContain("The provider block sets access_key.");
    expect(flat(result)).not.toContain("AKIAREALREALREAL");
  });
});
